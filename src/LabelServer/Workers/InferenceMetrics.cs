using System.Diagnostics.Metrics;

namespace LabelServer.Workers;

/// <summary>Counts inferences, for <c>dotnet-counters</c> and any exporter of .NET metrics: the meter is called <c>LabelServer.Inference</c>.</summary>
internal sealed class InferenceMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _jobs;
    private readonly Histogram<double> _seconds;

    /// <summary>Creates the instruments.</summary>
    /// <param name="factory">Where meters come from.</param>
    /// <param name="state">Asked whenever the gauges are read.</param>
    public InferenceMetrics(IMeterFactory factory, Func<Inference.InferenceQueueState> state)
    {
        _meter = factory.Create("LabelServer.Inference");
        _jobs = _meter.CreateCounter<long>("labelserver.inference.jobs", "{job}", "Inferences by model and outcome.");
        _seconds = _meter.CreateHistogram<double>("labelserver.inference.duration", "s", "Time from the start of a job to its answer, waiting left out.");
        _meter.CreateObservableGauge("labelserver.inference.running", () => state().Running, "{job}", "Inferences that run.");
        _meter.CreateObservableGauge("labelserver.inference.waiting", () => state().Waiting, "{job}", "Inferences that wait.");
    }

    /// <summary>Counts one job.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="outcome"><c>ok</c>, <c>cancelled</c>, or the exception's name.</param>
    /// <param name="duration">Its time, or null when it did not start.</param>
    public void Count(string model, string outcome, TimeSpan? duration)
    {
        var tags = new KeyValuePair<string, object?>[] { new("model", model), new("outcome", outcome) };
        _jobs.Add(1, tags);
        if (duration is { } time)
            _seconds.Record(time.TotalSeconds, tags);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
