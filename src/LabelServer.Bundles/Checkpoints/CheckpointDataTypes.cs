using System.Numerics;
using System.Runtime.InteropServices;

namespace LabelServer.Bundles.Checkpoints;

/// <summary>Sizes of sample types and their conversion to single precision.</summary>
public static class CheckpointDataTypes
{
    /// <summary>Bytes of one sample.</summary>
    public static int Bytes(this CheckpointDataType type) => type switch
    {
        CheckpointDataType.UInt8 or CheckpointDataType.Int8 or CheckpointDataType.Boolean => 1,
        CheckpointDataType.Float16 or CheckpointDataType.BFloat16 or CheckpointDataType.Int16 or CheckpointDataType.UInt16 => 2,
        CheckpointDataType.Float32 or CheckpointDataType.Int32 or CheckpointDataType.UInt32 => 4,
        CheckpointDataType.Complex128 => 16,
        _ => 8,
    };

    /// <summary>Converts little-endian samples to single precision, rounding where they do not fit.</summary>
    /// <exception cref="NotSupportedException">The type is complex.</exception>
    internal static void ToSingles(CheckpointDataType type, ReadOnlySpan<byte> from, Span<float> to)
    {
        switch (type)
        {
            case CheckpointDataType.Float32:
                MemoryMarshal.Cast<byte, float>(from).CopyTo(to);
                break;
            case CheckpointDataType.Float64:
                Convert<double>(from, to);
                break;
            case CheckpointDataType.Float16:
                Convert<Half>(from, to);
                break;
            case CheckpointDataType.BFloat16:
                var halves = MemoryMarshal.Cast<byte, ushort>(from);
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                }

                break;
            case CheckpointDataType.UInt8:
                Convert<byte>(from, to);
                break;
            case CheckpointDataType.Int8:
                Convert<sbyte>(from, to);
                break;
            case CheckpointDataType.Int16:
                Convert<short>(from, to);
                break;
            case CheckpointDataType.UInt16:
                Convert<ushort>(from, to);
                break;
            case CheckpointDataType.Int32:
                Convert<int>(from, to);
                break;
            case CheckpointDataType.UInt32:
                Convert<uint>(from, to);
                break;
            case CheckpointDataType.Int64:
                Convert<long>(from, to);
                break;
            case CheckpointDataType.UInt64:
                Convert<ulong>(from, to);
                break;
            case CheckpointDataType.Boolean:
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = from[i] == 0 ? 0 : 1;
                }

                break;
            default:
                throw new NotSupportedException($"{type} has no single-precision form.");
        }
    }

    /// <summary>Writes single-precision values as singles, halves or bfloat16, rounded to the nearest, ties to even.</summary>
    internal static void FromSingles(CheckpointDataType type, ReadOnlySpan<float> from, Span<byte> to)
    {
        switch (type)
        {
            case CheckpointDataType.Float32:
                MemoryMarshal.AsBytes(from).CopyTo(to);
                break;
            case CheckpointDataType.Float16:
                var halves = MemoryMarshal.Cast<byte, Half>(to);
                for (var i = 0; i < from.Length; i++)
                {
                    halves[i] = (Half)from[i];
                }

                break;
            case CheckpointDataType.BFloat16:
                var upper = MemoryMarshal.Cast<byte, ushort>(to);
                for (var i = 0; i < from.Length; i++)
                {
                    var bits = BitConverter.SingleToUInt32Bits(from[i]);

                    // Adding just under half of the last kept bit rounds; of a NaN only its being one must stay.
                    upper[i] = (ushort)(float.IsNaN(from[i]) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
                }

                break;
            default:
                throw new NotSupportedException($"Single-precision values are not written as {type}.");
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> from, Span<float> to)
        where T : unmanaged, INumber<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(from);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = float.CreateTruncating(values[i]);
        }
    }
}
