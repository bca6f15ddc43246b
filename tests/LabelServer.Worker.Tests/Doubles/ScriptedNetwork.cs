using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Tests.Doubles;

/// <summary>A network that gives each voxel back as its score, and each window's first voxel as its encoding, and before that does what the test says.</summary>
internal sealed class ScriptedNetwork(string device, Action<WindowBatchShape>? before = null) : IDropoutNetwork
{
    public bool HasDropout { get; init; } = true;

    public (double? Probability, long Seed) Dropout { get; private set; }

    public List<int> Batches { get; } = [];

    public bool IsDisposed { get; private set; }

    public int? InputChannels => 1;

    public int? OutputChannels => 1;

    public NetworkPrecision Precision => NetworkPrecision.Float32;

    public string Device => device;

    public LinearHead? Head => null;

    public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        before?.Invoke(shape);
        Batches.Add(shape.Count);
        return new Output(windows, shape);
    }

    public bool UseDropout(double? probability, long seed)
    {
        Dropout = (probability, seed);
        return HasDropout;
    }

    public void Dispose() => IsDisposed = true;

    private sealed class Output : NetworkOutput
    {
        private readonly NativeBuffer<float> _values;

        public Output(ReadOnlySpan<float> windows, WindowBatchShape shape)
            : base(shape.Count, 1, shape.Size, NetworkPrecision.Float32)
        {
            _values = new NativeBuffer<float>(windows.Length);
            windows.CopyTo(_values.GetSpan());
        }

        public override unsafe nint Window(int index) => (nint)(_values.Pointer + (index * Size.VoxelCount));

        public override ReadOnlySpan<float> Encoding(int index) => _values.GetSpan().Slice((int)(index * Size.VoxelCount), 1);

        protected override void Dispose(bool disposing) => ((IDisposable)_values).Dispose();
    }
}
