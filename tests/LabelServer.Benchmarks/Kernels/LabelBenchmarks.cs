using BenchmarkDotNet.Attributes;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Morphology;
using LabelServer.Imaging.Phantoms;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;

namespace LabelServer.Benchmarks.Kernels;

/// <summary>What is done to scores and labels behind the network.</summary>
[SimpleJob(warmupCount: 2, iterationCount: 8)]
public class LabelBenchmarks : IDisposable
{
    private static readonly ParallelOptions All = new();
    private readonly SlidingWindowInferer _inferer = new(new SlidingWindowOptions { RoiSize = [96], Overlap = [0.25], Mode = BlendMode.Gaussian, Padding = WindowPadding.Replicate });
    private CtPhantom _scan = null!;
    private Volume<byte> _labels = null!;
    private Volume<float> _image = null!;
    private FixedNetwork _network = null!;

    /// <summary>Makes labels, and a network that gives the same 32 features and 105 classes each time.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _scan = KernelScan.Create();
        _labels = new Volume<byte>(KernelScan.Grid);
        _image = new Volume<float>(new VolumeGrid(new GridSize(168, 168, 168), Affine.Identity));
        _network = new FixedNetwork(features: 32, classes: 105);
    }

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _scan.Dispose();
        _labels.Dispose();
        _image.Dispose();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Blending of 8 windows of 96³ with 32 features, 105 class scores of each voxel and the largest of them.</summary>
    [Benchmark]
    public void ArgMaxSlab() => _inferer.Labels(_image, _network, All).Dispose();

    /// <summary>The largest component of each of 12 labels.</summary>
    [Benchmark]
    public void LargestComponentsOfLabels()
    {
        _scan.Label.Samples.CopyTo(_labels.Samples);
        LargestComponents.KeepInLabels(_labels, null, independent: true, connectivity: 3, count: 1, CancellationToken.None);
    }

    private sealed class FixedNetwork : INetwork
    {
        private readonly NativeBuffer<float> _features;
        private readonly int _count;

        public FixedNetwork(int features, int classes)
        {
            _count = features;
            _features = new NativeBuffer<float>(96 * 96 * 96 * features);
            var random = new Random(1);
            foreach (ref var value in _features.GetSpan())
                value = random.NextSingle();
            Head = new LinearHead([.. Enumerable.Range(0, features * classes).Select(_ => random.NextSingle() - 0.5f)], new float[classes]);
        }

        public int? InputChannels => 1;

        public int? OutputChannels => Head!.Outputs;

        public NetworkPrecision Precision => NetworkPrecision.Float32;

        public string Device => "cpu";

        public LinearHead? Head { get; }

        public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken) => new FixedOutput(_features, _count, shape.Size);

        public void Dispose() => ((IDisposable)_features).Dispose();
    }

    private sealed class FixedOutput(NativeBuffer<float> features, int count, GridSize size) : NetworkOutput(1, count, size, NetworkPrecision.Float32)
    {
        public override unsafe nint Window(int index) => (nint)features.Pointer;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
