using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LabelServer.Telemetry;

/// <summary>Writes series in Prometheus' text format 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>The content type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The text of all series.</summary>
    public static string Write(IEnumerable<IGrouping<Instrument, Series>> instruments)
    {
        var text = new StringBuilder();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in instruments)
        {
            var isSum = group.First().IsSum;
            var isHistogram = group.First().IsHistogram;
            var name = PrometheusNames.Of(group.Key, isSum);
            if (!written.Add(name))
                continue;
            if (group.Key.Description is { Length: > 0 } description)
                text.Append($"# HELP {name} {description.ReplaceLineEndings(" ").Replace(@"\", @"\\", StringComparison.Ordinal)}\n");
            text.Append($"# TYPE {name} {(isHistogram ? "histogram" : isSum ? "counter" : "gauge")}\n");
            foreach (var series in group.OrderBy(s => s.Tags, StringComparer.Ordinal))
                Append(text, name, series);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, Series series)
    {
        var (value, count, buckets) = series.Read();
        if (!series.IsHistogram)
        {
            Line(text, name, series.Tags, Number(value));
            return;
        }

        long below = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            var bound = i < Series.Bounds.Length ? Number(Series.Bounds[i]) : "+Inf";
            Line(text, name + "_bucket", (series.Tags.Length == 0 ? string.Empty : series.Tags + ",") + $"le=\"{bound}\"", Number(below));
        }

        Line(text, name + "_sum", series.Tags, Number(value));
        Line(text, name + "_count", series.Tags, Number(count));
    }

    private static void Line(StringBuilder text, string name, string tags, string value)
        => text.Append(name).Append(tags.Length == 0 ? string.Empty : "{" + tags + "}").Append(' ').Append(value).Append('\n');

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
