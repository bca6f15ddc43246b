using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A tensor [N, X, Y, Z, C] on the host, read where it lies.</summary>
internal sealed class TorchNetworkOutput : NetworkOutput
{
    private readonly Tensor _tensor;
    private readonly nint[] _windows;

    /// <summary>Takes over a dense tensor on the host, float32 or bfloat16.</summary>
    public TorchNetworkOutput(Tensor tensor, int channels, GridSize size)
        : base(checked((int)tensor.shape[0]), channels, size, tensor.dtype == ScalarType.BFloat16 ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32)
    {
        _tensor = tensor;
        _windows = new nint[Count];
        for (var index = 0; index < Count; index++)
        {
            using var window = tensor.select(0, index);
            _windows[index] = AddressOf(window);
        }
    }

    /// <inheritdoc/>
    public override nint Window(int index)
    {
        ObjectDisposedException.ThrowIf(_tensor.IsInvalid, this);
        return _windows[index];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _tensor.Dispose();

    private static unsafe nint AddressOf(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
