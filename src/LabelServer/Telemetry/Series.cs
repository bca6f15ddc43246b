using System.Diagnostics.Metrics;

namespace LabelServer.Telemetry;

/// <summary>What one instrument has measured under one set of tags: a sum, a last value, or a histogram.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class Series
{
    /// <summary>Upper bounds of the histogram's buckets, in seconds: from an answer in memory to an inference of minutes.</summary>
    public static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    private readonly Lock _gate = new();
    private readonly long[]? _buckets;
    private double _value;
    private long _count;

    /// <summary>Creates an empty series.</summary>
    public Series(Instrument instrument, string tags)
    {
        Instrument = instrument;
        Tags = tags;
        var type = instrument.GetType().GetGenericTypeDefinition();
        IsHistogram = type == typeof(Histogram<>);
        IsSum = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
        Adds = type == typeof(Counter<>) || type == typeof(UpDownCounter<>);
        _buckets = IsHistogram ? new long[Bounds.Length + 1] : null;
    }

    /// <summary>The instrument.</summary>
    public Instrument Instrument { get; }

    /// <summary>The tags, as <see cref="TagText"/> writes them.</summary>
    public string Tags { get; }

    /// <summary>Whether it is a histogram.</summary>
    public bool IsHistogram { get; }

    /// <summary>Whether the value only ever grows.</summary>
    public bool IsSum { get; }

    // Measurements of a counter are added up; observed instruments report the whole each time.
    private bool Adds { get; }

    /// <summary>Takes a measurement.</summary>
    public void Record(double value)
    {
        lock (_gate)
        {
            if (_buckets is null)
            {
                _value = Adds ? _value + value : value;
                return;
            }

            var at = Array.FindIndex(Bounds, bound => value <= bound);
            _buckets[at < 0 ? Bounds.Length : at]++;
            _value += value;
            _count++;
        }
    }

    /// <summary>The value, or the sum of a histogram; the number of its measurements; and how many of them lie in each bucket (the last one has no bound).</summary>
    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_gate)
            return (_value, _count, _buckets is null ? [] : [.. _buckets]);
    }
}
