using System.Text.Json.Nodes;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>A few figures of many measurements.</summary>
internal static class Statistics
{
    /// <summary>Count, least, median, 99 % and most, in milliseconds.</summary>
    public static JsonObject Milliseconds(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(t => t.TotalMilliseconds).Order().ToArray();
        return sorted.Length == 0 ? [] : new()
        {
            ["count"] = sorted.Length,
            ["least"] = Math.Round(sorted[0], 2),
            ["median"] = Math.Round(sorted[sorted.Length / 2], 2),
            ["p99"] = Math.Round(sorted[(int)Math.Ceiling(sorted.Length * 0.99) - 1], 2),
            ["most"] = Math.Round(sorted[^1], 2),
        };
    }
}
