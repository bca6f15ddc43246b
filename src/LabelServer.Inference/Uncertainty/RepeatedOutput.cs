using System.Runtime.CompilerServices;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Uncertainty;

/// <summary>The outputs of several runs on the same windows: [N, X, Y, Z, repetition, channel], float32.</summary>
internal sealed unsafe class RepeatedOutput : NetworkOutput
{
    private readonly NativeBuffer<float>[] _windows;
    private readonly int _perRun;

    /// <summary>Makes room.</summary>
    /// <param name="shape">The batch.</param>
    /// <param name="repetitions">Runs.</param>
    /// <param name="channels">Channels of one run.</param>
    public RepeatedOutput(WindowBatchShape shape, int repetitions, int channels)
        : base(shape.Count, repetitions * channels, shape.Size, NetworkPrecision.Float32)
    {
        _perRun = channels;
        _windows = new NativeBuffer<float>[shape.Count];
        for (var window = 0; window < shape.Count; window++)
        {
            _windows[window] = new NativeBuffer<float>(checked((int)(shape.Size.VoxelCount * repetitions * channels)), clear: false);
        }
    }

    /// <inheritdoc/>
    public override nint Window(int index) => (nint)_windows[index].Pointer;

    /// <summary>Takes one run, mirrored back.</summary>
    public void Put(NetworkOutput run, int repetition, MirroredAxes mirror, ParallelOptions parallel)
    {
        for (var window = 0; window < Count; window++)
        {
            var (from, to) = (run.Window(window), Window(window));
            var halves = run.ElementType == NetworkPrecision.BFloat16;
            Parallel.For(0, Size.I, parallel, x => PutPlane(from, (float*)to + ((long)repetition * _perRun), x, mirror, halves));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var window in _windows)
        {
            ((IDisposable)window).Dispose();
        }
    }

    private void PutPlane(nint from, float* to, int x, MirroredAxes mirror, bool halves)
    {
        for (var y = 0; y < Size.J; y++)
        {
            for (var z = 0; z < Size.K; z++)
            {
                var target = to + (((((long)x * Size.J) + y) * Size.K) + z) * Channels;
                var source = mirror.Place(Size, x, y, z) * _perRun;
                if (!halves)
                {
                    Unsafe.CopyBlock(target, (float*)from + source, (uint)(_perRun * sizeof(float)));
                    continue;
                }

                for (var channel = 0; channel < _perRun; channel++)
                {
                    target[channel] = BitConverter.UInt32BitsToSingle((uint)((ushort*)from)[source + channel] << 16);
                }
            }
        }
    }
}
