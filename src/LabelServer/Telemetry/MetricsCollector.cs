using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LabelServer.Telemetry;

/// <summary>Adds up what the meters of this server and of the framework measure, for <c>/metrics</c>.</summary>
/// <remarks>
/// Listens from the start, so that counters count everything; costs one dictionary look-up for each measurement. The number of series is bounded: tags are routes, models and outcomes, never what a client
/// writes. Meters of another server in the same process are not listened to. Safe for concurrent use.
/// </remarks>
internal sealed class MetricsCollector : IDisposable
{
    private const int MostSeries = 5000;
    private readonly ConcurrentDictionary<SeriesKey, Series> _series = new();
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _factory;

    /// <summary>Starts to listen.</summary>
    public MetricsCollector(IMeterFactory factory)
    {
        _factory = factory;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsOurs(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observed instruments and returns all series, those of one instrument together.</summary>
    public IReadOnlyList<IGrouping<Instrument, Series>> Collect()
    {
        _listener.RecordObservableInstruments();
        return [.. _series.Values.GroupBy(s => s.Instrument).OrderBy(g => g.Key.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private bool IsOurs(Meter meter)
    {
        if (meter.Scope is not null && !ReferenceEquals(meter.Scope, _factory))
            return false;
        return meter.Name.StartsWith("LabelServer", StringComparison.Ordinal)
            || meter.Name is "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel" or "Microsoft.AspNetCore.RateLimiting" or "System.Runtime";
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = new SeriesKey(instrument, TagText.Of(tags));
        if (!_series.TryGetValue(key, out var series))
        {
            if (_series.Count >= MostSeries)
                return;
            series = _series.GetOrAdd(key, k => new Series(k.Instrument, k.Tags));
        }

        series.Record(value);
    }

    private readonly record struct SeriesKey(Instrument Instrument, string Tags);
}
