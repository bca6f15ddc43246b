using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Runtime;

/// <summary>Scores [N, X, Y, Z, C] in memory of their own.</summary>
internal sealed class OnnxNetworkOutput : NetworkOutput
{
    private readonly NativeBuffer<float>[] _windows;

    /// <summary>Takes over one buffer for each window.</summary>
    public OnnxNetworkOutput(NativeBuffer<float>[] windows, int channels, GridSize size)
        : base(windows.Length, channels, size, NetworkPrecision.Float32) => _windows = windows;

    /// <inheritdoc/>
    public override unsafe nint Window(int index) => (nint)_windows[index].Pointer;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var window in _windows)
        {
            ((IDisposable)window).Dispose();
        }
    }
}
