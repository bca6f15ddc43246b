namespace LabelServer.Imaging.Intensity;

/// <summary>The error function, which .NET does not have.</summary>
/// <remarks>Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 (series, near 0) and 7.1.14 (continued fraction, far out). Exact to about 1e-15.</remarks>
internal static class ErrorFunction
{
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        return Math.CopySign(a < 2.5 ? Series(a) : a > 6 ? 1 : 1 - ComplementByFraction(a), x);
    }

    private static double Series(double x)
    {
        double term = x, sum = x;
        for (var n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static double ComplementByFraction(double x)
    {
        var fraction = 0.0;
        for (var n = 60; n > 0; n--)
        {
            fraction = n / 2.0 / (x + fraction);
        }

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}
