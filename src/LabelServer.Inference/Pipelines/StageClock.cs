namespace LabelServer.Inference.Pipelines;

/// <summary>Measures where the time of one inference goes.</summary>
internal sealed class StageClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly List<KeyValuePair<string, double>> _pre = [];
    private readonly List<KeyValuePair<string, double>> _post = [];
    private double _inferSeconds;
    private double _invertSeconds;

    /// <summary>Starts a measurement; hand it to one of the other methods.</summary>
    public long Start() => time.GetTimestamp();

    /// <summary>Ends the measurement of a preprocessing step.</summary>
    public void Pre(string step, long start) => _pre.Add(KeyValuePair.Create(step, Seconds(start)));

    /// <summary>Ends the measurement of the network.</summary>
    public void Infer(long start) => _inferSeconds += Seconds(start);

    /// <summary>Ends the measurement of a postprocessing step.</summary>
    public void Post(string step, bool isInverse, long start)
    {
        var seconds = Seconds(start);
        _post.Add(KeyValuePair.Create(step, seconds));
        _invertSeconds += isInverse ? seconds : 0;
    }

    /// <summary>The sums.</summary>
    public InferenceLatencies Read() =>
        new(_pre.Sum(p => p.Value), _inferSeconds, _invertSeconds, _post.Sum(p => p.Value) - _invertSeconds, Seconds(_start), _pre, _post);

    private double Seconds(long start) => time.GetElapsedTime(start).TotalSeconds;
}
