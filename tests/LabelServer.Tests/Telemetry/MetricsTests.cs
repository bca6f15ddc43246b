using System.Diagnostics.Metrics;
using LabelServer.Telemetry;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Telemetry;

public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_CountRequestsAndImages_InPrometheusFormat()
    {
        await using var server = await RunningServer.StartAsync();
        for (var i = 0; i < 3; i++)
            await server.Client.GetStringAsync("/info/", Token);
        using var answer = await server.Client.GetAsync("/metrics", Token);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var lines = (await answer.Content.ReadAsStringAsync(Token)).Split('\n');
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", lines);
        Assert.Contains(lines, l => l.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal) && l.Contains("http_route=\"/info/\"", StringComparison.Ordinal) && l.EndsWith(" 3", StringComparison.Ordinal));
        Assert.Contains("labelserver_images 1", lines);
        Assert.Contains("labelserver_audit_failures_total 0", lines);
        Assert.All(lines.Where(l => l.Length > 0 && !l.StartsWith('#')), l => Assert.Matches("^[a-zA-Z_][a-zA-Z0-9_]*({.*})? [0-9.eE+-]+$", l));
    }

    [Fact]
    public void Text_HasCumulativeBucketsAndEscapedTags()
    {
        using var meter = new Meter("test");
        var histogram = meter.CreateHistogram<double>("a.duration", "s", "How\nlong");
        var series = new Series(histogram, TagText.Of([new("model", "a\"b\\c\n")]));
        foreach (var value in new[] { 0.004, 0.02, 0.02, 1000 })
            series.Record(value);
        var text = PrometheusText.Write(new[] { series }.GroupBy(s => s.Instrument));
        Assert.StartsWith("# HELP a_duration_seconds How long\n# TYPE a_duration_seconds histogram\n", text, StringComparison.Ordinal);
        Assert.Contains("a_duration_seconds_bucket{model=\"a\\\"b\\\\c\\n\",le=\"0.005\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(",le=\"0.025\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains(",le=\"600\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains(",le=\"+Inf\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("a_duration_seconds_count{model=\"a\\\"b\\\\c\\n\"} 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_AddUp_AndObservedOnesAreTakenAsTheyAre()
    {
        using var meter = new Meter("test");
        var counted = new Series(meter.CreateCounter<long>("jobs", "{job}"), string.Empty);
        var observed = new Series(meter.CreateObservableCounter("seen", () => 1L), string.Empty);
        foreach (var series in new[] { counted, observed })
        {
            series.Record(2);
            series.Record(3);
        }

        Assert.Equal("# TYPE jobs_total counter\njobs_total 5\n# TYPE seen_total counter\nseen_total 3\n", PrometheusText.Write(new[] { counted, observed }.GroupBy(s => s.Instrument)));
    }
}
