using System.Globalization;
using System.Text;

namespace LabelServer.Learning.Evaluation;

/// <summary>Writes <c>metrics.csv</c>, <c>NAME_raw.csv</c> and <c>NAME_summary.csv</c> as MONAI's MetricsSaver does.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/handlers/{metrics_saver,utils}.py (write_metrics_reports): scores are float32 there, so they are written with a float32's digits.</remarks>
/// <param name="Folder">The folder, made when missing.</param>
/// <param name="Metrics">Names of the metrics in <c>metrics.csv</c>; <c>*</c> for all.</param>
/// <param name="Details">Names of the metrics with a report of each image; <c>*</c> for all.</param>
/// <param name="Operations">Columns of the summary; empty for no summary.</param>
/// <param name="Delimiter">What stands between values.</param>
internal sealed record MetricsReport(string Folder, IReadOnlyList<string> Metrics, IReadOnlyList<string> Details, IReadOnlyList<string> Operations, string Delimiter)
{
    /// <summary>All operations of a summary, in MONAI's order.</summary>
    public static IReadOnlyList<string> AllOperations { get; } = ["mean", "median", "max", "min", "90percentile", "std", "notnans"];

    /// <summary>Writes the files.</summary>
    /// <param name="images">The images' files, in the order of the scores.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>The full paths of the files written.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<string> images, IReadOnlyList<EvaluationMetric> metrics, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        var files = new List<string>();
        EvaluationMetric[] totals = [.. metrics.Where(m => Contains(Metrics, m.Name))];
        if (totals.Length > 0)
        {
            await WriteAsync(files, "metrics.csv", totals.Select(m => $"{m.Name}{Delimiter}{Number((float)m.Value)}"), cancellationToken);
        }

        foreach (var metric in metrics.Where(m => m.Details is not null && Contains(Details, m.Name)))
        {
            float[][] rows = [.. metric.Details!.Select(WithMean)];
            string[] classes = [.. Enumerable.Range(0, Math.Max(0, (rows.FirstOrDefault()?.Length ?? 0) - 1)).Select(c => FormattableString.Invariant($"class{c}")), "mean"];
            string[] raw = [Line(["filename", .. classes]), .. rows.Select((row, i) => Line([images[i], .. row.Select(v => Single(v))]))];
            await WriteAsync(files, $"{metric.Name}_raw.csv", raw, cancellationToken);
            if (Operations.Count > 0)
            {
                string[] summary = [Line(["class", .. Operations]), .. classes.Select((name, c) => Line([name, .. Operations.Select(o => Fixed(Summarise(o, [.. rows.Select(r => r[c])])))]))];
                await WriteAsync(files, $"{metric.Name}_summary.csv", summary, cancellationToken);
            }
        }

        return files;
    }

    private async Task WriteAsync(List<string> files, string name, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, name);
        await File.WriteAllTextAsync(path, string.Concat(lines.Select(l => l + "\n")), new UTF8Encoding(false), cancellationToken);
        files.Add(path);
    }

    private string Line(IEnumerable<string> values) => string.Join(Delimiter, values);

    private static bool Contains(IReadOnlyList<string> names, string name) => names.Contains("*") || names.Contains(name);

    private static float[] WithMean(IReadOnlyList<double> scores)
    {
        float[] present = [.. scores.Select(s => (float)s).Where(s => !float.IsNaN(s))];
        return [.. scores.Select(s => (float)s), present.Length == 0 ? float.NaN : (float)(present.Sum(v => (double)v) / present.Length)];
    }

    private static double Summarise(string operation, float[] values)
    {
        float[] present = [.. values.Where(v => !float.IsNaN(v)).Order()];
        if (operation == "notnans")
        {
            return present.Length;
        }

        if (present.Length == 0)
        {
            return double.NaN;
        }

        return operation switch
        {
            "mean" => present.Average(v => (double)v),
            "median" => Percentile(present, 50),
            "max" => present[^1],
            "min" => present[0],
            "std" => Deviation(present),
            _ => Percentile(present, int.Parse(operation[..^"percentile".Length], CultureInfo.InvariantCulture)),
        };
    }

    private static double Deviation(float[] values)
    {
        var mean = values.Average(v => (double)v);
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    // numpy's default: linear between the two nearest ranks.
    private static double Percentile(float[] ordered, int percent)
    {
        var rank = (ordered.Length - 1) * percent / 100.0;
        var low = (int)Math.Floor(rank);
        var high = Math.Min(low + 1, ordered.Length - 1);
        return ordered[low] + ((ordered[high] - (double)ordered[low]) * (rank - low));
    }

    private static string Fixed(double value) => double.IsNaN(value) ? "nan" : value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Single(float value) => Plain(value.ToString("R", CultureInfo.InvariantCulture), value);

    // A metric's value is a Python float made of a float32: all digits of the double that it became.
    private static string Number(float value) => Plain(((double)value).ToString("R", CultureInfo.InvariantCulture), value);

    private static string Plain(string text, double value) => double.IsNaN(value) ? "nan"
        : text.Contains('E', StringComparison.Ordinal) ? text.Replace("E", "e", StringComparison.Ordinal)
        : text.Contains('.', StringComparison.Ordinal) ? text
        : text + ".0";
}
