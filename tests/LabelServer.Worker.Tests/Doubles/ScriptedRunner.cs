using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Uncertainty;
using LabelServer.Worker.Calls;

namespace LabelServer.Worker.Tests.Doubles;

/// <summary>Stands in for bundles: does with a request what the test says.</summary>
internal sealed class ScriptedRunner(Func<InferenceRequest, IProgress<InferenceProgress>?, CancellationToken, Task<InferenceResult>> run) : IBundleRunner, IBundleOpener
{
    private int _opened;
    private int _disposed;

    public int Opened => _opened;

    public int Disposed => _disposed;

    public string Name => "scripted";

    public static InferenceResult Result(Volume labels) => new()
    {
        Labels = labels,
        LabelNames = [KeyValuePair.Create("liver", 1), KeyValuePair.Create("spleen", 2)],
        Latencies = new InferenceLatencies(0.1, 0.2, 0.3, 0.4, 1.0, [KeyValuePair.Create("LoadImaged", 0.05)], []),
        Centroids = [new LabelCentroid(1, 1, 2, 3)],
        BoundingBox = new LabelBoundingBox(new GridSize(1, 2, 3), new GridSize(1, 2, 3)),
        Device = "cpu",
        Precision = NetworkPrecision.Float32,
        ModelFilename = "model.pt",
        WindowCount = 1,
    };

    public Task<InferenceResult> RunAsync(InferenceRequest request, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken) => run(request, progress, cancellationToken);

    public Func<InferenceRequest, UncertaintyOptions, UncertaintyResult> Measure { get; init; } = (_, _) => throw new NotSupportedException();

    public Task<UncertaintyResult> MeasureAsync(InferenceRequest request, UncertaintyOptions options, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken) =>
        Task.FromResult(Measure(request, options));

    public IBundleRunner Open(string folder)
    {
        Interlocked.Increment(ref _opened);
        return this;
    }

    public void Dispose() => Interlocked.Increment(ref _disposed);
}
