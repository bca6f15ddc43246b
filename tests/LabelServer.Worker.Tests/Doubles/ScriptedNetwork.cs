using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Tests.Doubles;

/// <summary>A network that gives each voxel back as its score, and before that does what the test says.</summary>
internal sealed class ScriptedNetwork(string device, Action<WindowBatchShape>? before = null) : INetwork
{
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

        protected override void Dispose(bool disposing) => ((IDisposable)_values).Dispose();
    }
}
