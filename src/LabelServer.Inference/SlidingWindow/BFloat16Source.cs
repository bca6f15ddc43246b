using System.Runtime.Intrinsics;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Values stored as bfloat16: the upper 16 bits of a float32.</summary>
internal readonly struct BFloat16Source : IScoreSource
{
    /// <inheritdoc/>
    public static int Size => sizeof(ushort);

    /// <inheritdoc/>
    public static unsafe float Load(nint values, long offset) => BitConverter.UInt32BitsToSingle((uint)((ushort*)values)[offset] << 16);

    /// <inheritdoc/>
    public static unsafe Vector512<float> Load512(nint values, long offset)
    {
        var (low, high) = Vector256.Widen(Vector256.Load((ushort*)values + offset));
        return Vector512.ShiftLeft(Vector512.Create(low, high), 16).AsSingle();
    }
}
