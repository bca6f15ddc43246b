using System.Globalization;
using System.Text.Json;

namespace LabelServer.Learning.Tests.Sampling;

/// <summary>Compares drawn numbers with the statistics of MONAI's.</summary>
internal static class DrawStatistics
{
    /// <summary>
    /// Mean, range and quantiles. Both sides are samples: means may differ by four standard errors of the difference, quantiles by what a rank's
    /// error of four standard deviations makes.
    /// </summary>
    public static void AssertSame(JsonElement expected, IReadOnlyList<double> drawn)
    {
        var (n, m) = (expected.GetProperty("n").GetInt32(), drawn.Count);
        var (mean, sd) = (expected.GetProperty("mean").GetDouble(), expected.GetProperty("sd").GetDouble());
        var (low, high) = (expected.GetProperty("min").GetDouble(), expected.GetProperty("max").GetDouble());
        var range = high - low;
        var error = sd * Math.Sqrt((1.0 / n) + (1.0 / m));
        Assert.InRange(drawn.Average(), mean - (4 * error) - 1e-9, mean + (4 * error) + 1e-9);
        Assert.InRange(drawn.Min(), low - (0.3 * range) - 1e-9, high);
        Assert.InRange(drawn.Max(), low, high + (0.3 * range) + 1e-9);

        double[] sorted = [.. drawn.Order()];
        foreach (var quantile in expected.GetProperty("quantiles").EnumerateObject())
        {
            var p = double.Parse(quantile.Name, CultureInfo.InvariantCulture);
            var rank = 4 * Math.Sqrt(p * (1 - p) * ((1.0 / n) + (1.0 / m)));
            Assert.InRange(quantile.Value.GetDouble(), At(sorted, p - rank) - 1e-9, At(sorted, p + rank) + 1e-9);
        }
    }

    private static double At(double[] sorted, double p) => sorted[(int)Math.Clamp(Math.Round(p * (sorted.Length - 1)), 0, sorted.Length - 1)];
}
