using LabelServer.Hosting;
using LabelServer.Inference;
using LabelServer.OpenApi;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LabelServer.Telemetry;

/// <summary>Adds <c>/metrics</c>, and the export of traces and metrics by OTLP when one of OpenTelemetry's variables asks for it.</summary>
internal static class TelemetryServices
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds the services. Without <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> nothing of OpenTelemetry is loaded.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton<MetricsCollector>();
        builder.Services.AddSingleton<ServerMetrics>();
        if (options.Environment.Text(EndpointVariable) is not null)
            AddExport(builder, options);
    }

    /// <summary>Begins to count. Metrics of the studies are made with the first look at them.</summary>
    public static void UseMetrics(this WebApplication app) => app.Services.GetRequiredService<MetricsCollector>();

    /// <summary>Adds the endpoint.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", (MetricsCollector collector, ServerMetrics _, IInferenceDispatcher _2) =>
        Results.Text(PrometheusText.Write(collector.Collect()), PrometheusText.ContentType)).Describe(new("Server", "Figures for Prometheus") { Answers = ["text/plain"] });

    // The exporter reads its own variables (endpoint, headers, protocol) from the configuration; the host has none but this.
    private static void AddExport(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Configuration.AddInMemoryCollection(options.Environment.StartingWith("OTEL_").Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("labelserver", serviceVersion: Info.ServerVersion.Text).AddEnvironmentVariableDetector())
            .WithTracing(traces => traces.AddSource(Tracing.SourceName, "Microsoft.AspNetCore").AddOtlpExporter())
            .WithMetrics(metrics => metrics
                .AddMeter("LabelServer.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddOtlpExporter());
    }
}
