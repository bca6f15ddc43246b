using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Tests.SlidingWindow;

/// <summary>A network that is a function of (sample, x, y, z, window size) to the features of that voxel, in managed memory.</summary>
internal sealed class FunctionNetwork(int features, Action<float, int, int, int, GridSize, Span<float>> function, NetworkPrecision stored = NetworkPrecision.Float32, LinearHead? head = null)
    : INetwork
{
    public int? InputChannels => 1;

    public int? OutputChannels => head?.Outputs ?? features;

    public NetworkPrecision Precision => stored;

    public string Device => "cpu";

    public LinearHead? Head => head;

    public List<WindowBatchShape> Runs { get; } = [];

    public Action? BeforeRun { get; init; }

    /// <summary>Whether it shows what an encoder would make of a window: here its mean, and 1.</summary>
    public bool Encodes { get; init; }

    public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        BeforeRun?.Invoke();
        Runs.Add(shape);
        var output = new ManagedOutput(shape, features, stored);
        var values = new float[features];
        var at = 0;
        for (var item = 0; item < shape.Count; item++)
        {
            for (var x = 0; x < shape.Size.I; x++)
            {
                for (var y = 0; y < shape.Size.J; y++)
                {
                    for (var z = 0; z < shape.Size.K; z++, at++)
                    {
                        function(windows[at], x, y, z, shape.Size, values);
                        output.Set(at, values);
                    }
                }
            }
        }

        if (Encodes)
        {
            output.Encodings = [.. windows.ToArray().Chunk(windows.Length / shape.Count).Select(w => new[] { w.Average(), 1 })];
        }

        return output;
    }

    public void Dispose()
    {
    }

    private sealed class ManagedOutput(WindowBatchShape shape, int channels, NetworkPrecision stored) : NetworkOutput(shape.Count, channels, shape.Size, stored)
    {
        private readonly NativeBuffer<float> _floats = new(stored == NetworkPrecision.Float32 ? (int)(shape.Count * shape.Size.VoxelCount * channels) : 0);
        private readonly NativeBuffer<ushort> _halves = new(stored == NetworkPrecision.BFloat16 ? (int)(shape.Count * shape.Size.VoxelCount * channels) : 0);

        public float[][] Encodings { get; set; } = [];

        public override ReadOnlySpan<float> Encoding(int index) => Encodings.Length == 0 ? [] : Encodings[index];

        public void Set(int voxel, ReadOnlySpan<float> values)
        {
            for (var c = 0; c < values.Length; c++)
            {
                if (ElementType == NetworkPrecision.Float32)
                {
                    _floats.GetSpan()[(voxel * Channels) + c] = values[c];
                }
                else
                {
                    _halves.GetSpan()[(voxel * Channels) + c] = (ushort)(BitConverter.SingleToUInt32Bits(values[c]) >> 16);
                }
            }
        }

        public override unsafe nint Window(int index)
        {
            var offset = index * Size.VoxelCount * Channels;
            return ElementType == NetworkPrecision.Float32 ? (nint)(_floats.Pointer + offset) : (nint)(_halves.Pointer + offset);
        }

        protected override void Dispose(bool disposing)
        {
            ((IDisposable)_floats).Dispose();
            ((IDisposable)_halves).Dispose();
        }
    }
}
