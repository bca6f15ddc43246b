using System.Diagnostics.Metrics;
using LabelServer.Audit;
using LabelServer.Datastore;

namespace LabelServer.Telemetry;

/// <summary>The meter <c>LabelServer.Server</c>: what is in the studies, and whether the audit log can be written.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly Meter _meter;

    /// <summary>Creates the instruments.</summary>
    public ServerMetrics(IMeterFactory factory, IDatastore datastore, AuditLog audit)
    {
        _meter = factory.Create("LabelServer.Server");
        _meter.CreateObservableGauge("labelserver.images", () => datastore.Statistics.Total, "{image}", "Images in the studies.");
        _meter.CreateObservableGauge("labelserver.images.completed", () => datastore.Statistics.Completed, "{image}", "Images with a final label.");
        _meter.CreateObservableCounter("labelserver.audit.failures", () => audit.Failures, "{entry}", "Entries that the audit log could not write; they are in the server's log.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
