using System.Runtime.Intrinsics;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>Numbers stored as bfloat16, the upper half of a float32. NaN is kept; it must not become infinite by rounding.</summary>
internal readonly unsafe struct BFloat16Lanes : ILanes
{
    /// <inheritdoc/>
    public static Vector512<float> Load(nint values, long offset)
    {
        var (low, high) = Vector256.Widen(Vector256.Load((ushort*)values + offset));
        return Vector512.ShiftLeft(Vector512.Create(low, high), 16).AsSingle();
    }

    /// <inheritdoc/>
    public static void Store(Vector512<float> numbers, nint values, long offset)
    {
        var bits = numbers.AsUInt32();
        var odd = Vector512.ShiftRightLogical(bits, 16) & Vector512.Create(1u);
        var rounded = Vector512.ShiftRightLogical(bits + odd + Vector512.Create(0x7FFFu), 16);
        var kept = Vector512.ConditionalSelect(Vector512.Equals(numbers, numbers).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
        Vector256.Store(Vector256.Narrow(kept.GetLower(), kept.GetUpper()), (ushort*)values + offset);
    }

    /// <inheritdoc/>
    public static float LoadOne(nint values, long offset) => BitConverter.UInt32BitsToSingle((uint)((ushort*)values)[offset] << 16);

    /// <inheritdoc/>
    public static void StoreOne(float number, nint values, long offset)
    {
        var bits = BitConverter.SingleToUInt32Bits(number);
        ((ushort*)values)[offset] = float.IsNaN(number) ? (ushort)0x7FC0 : (ushort)((bits + ((bits >> 16) & 1) + 0x7FFF) >> 16);
    }
}
