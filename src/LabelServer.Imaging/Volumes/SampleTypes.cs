using System.Runtime.CompilerServices;

namespace LabelServer.Imaging.Volumes;

/// <summary>Relates <see cref="SampleType"/> to CLR types and sizes.</summary>
public static class SampleTypes
{
    /// <summary>The sample type of <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is none of the ten sample types.</exception>
    public static SampleType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(byte))
        {
            return SampleType.UInt8;
        }

        if (typeof(T) == typeof(sbyte))
        {
            return SampleType.Int8;
        }

        if (typeof(T) == typeof(ushort))
        {
            return SampleType.UInt16;
        }

        if (typeof(T) == typeof(short))
        {
            return SampleType.Int16;
        }

        if (typeof(T) == typeof(uint))
        {
            return SampleType.UInt32;
        }

        if (typeof(T) == typeof(int))
        {
            return SampleType.Int32;
        }

        if (typeof(T) == typeof(ulong))
        {
            return SampleType.UInt64;
        }

        if (typeof(T) == typeof(long))
        {
            return SampleType.Int64;
        }

        if (typeof(T) == typeof(float))
        {
            return SampleType.Float32;
        }

        if (typeof(T) == typeof(double))
        {
            return SampleType.Float64;
        }

        throw new ArgumentException($"{typeof(T)} is no sample type.");
    }

    /// <summary>Bytes per sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public static int SizeOf(SampleType type) => type switch
    {
        SampleType.UInt8 or SampleType.Int8 => 1,
        SampleType.UInt16 or SampleType.Int16 => 2,
        SampleType.UInt32 or SampleType.Int32 or SampleType.Float32 => 4,
        SampleType.UInt64 or SampleType.Int64 or SampleType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>True for the two floating point types.</summary>
    public static bool IsFloatingPoint(SampleType type) => type is SampleType.Float32 or SampleType.Float64;

    internal static int SizeOf<T>()
        where T : unmanaged => Unsafe.SizeOf<T>();
}
