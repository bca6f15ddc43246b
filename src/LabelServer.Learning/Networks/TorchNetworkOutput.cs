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
    private readonly float[] _encodings;

    /// <summary>Takes over a dense tensor on the host, float32 or bfloat16.</summary>
    /// <param name="tensor">The scores, [N, X, Y, Z, C].</param>
    /// <param name="channels">C.</param>
    /// <param name="size">X, Y and Z.</param>
    /// <param name="encodings">Row-major [N, features]; empty when the network does not show them.</param>
    public TorchNetworkOutput(Tensor tensor, int channels, GridSize size, float[] encodings)
        : base(checked((int)tensor.shape[0]), channels, size, tensor.dtype == ScalarType.BFloat16 ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32)
    {
        _tensor = tensor;
        _encodings = encodings;
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
    public override ReadOnlySpan<float> Encoding(int index)
    {
        var features = _encodings.Length / Count;
        return _encodings.AsSpan(index * features, features);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _tensor.Dispose();

    private static unsafe nint AddressOf(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
