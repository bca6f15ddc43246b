using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LabelServer.Imaging.Resampling;

/// <summary>Adds a line of samples of any number type, times a weight, to a line of floats.</summary>
internal static class LineSum
{
    /// <summary>sum ← weight × line, or sum + weight × line.</summary>
    /// <param name="line">Samples.</param>
    /// <param name="weight">The factor.</param>
    /// <param name="sum">The line of floats, as long as <paramref name="line"/>.</param>
    /// <param name="first">Whether the old content of <paramref name="sum"/> is overwritten.</param>
    public static void Add<T>(ReadOnlySpan<T> line, float weight, Span<float> sum, bool first)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
        {
            var values = MemoryMarshal.Cast<T, float>(line);
            if (first)
            {
                TensorPrimitives.Multiply(values, weight, sum);
            }
            else
            {
                TensorPrimitives.MultiplyAdd(values, weight, sum, sum);
            }
        }
        else if (typeof(T) == typeof(short))
        {
            AddInt16(MemoryMarshal.Cast<T, short>(line), weight, sum, first);
        }
        else
        {
            AddAny(line, weight, sum, first);
        }
    }

    // Scans are int16: two vectors of float are made of each vector of samples, without a buffer between.
    private static void AddInt16(ReadOnlySpan<short> line, float weight, Span<float> sum, bool first)
    {
        var n = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var factor = new Vector<float>(weight);
            for (; n <= line.Length - Vector<short>.Count; n += Vector<short>.Count)
            {
                Vector.Widen(new Vector<short>(line[n..]), out var low, out var high);
                var a = Vector.ConvertToSingle(low) * factor;
                var b = Vector.ConvertToSingle(high) * factor;
                if (!first)
                {
                    a += new Vector<float>(sum[n..]);
                    b += new Vector<float>(sum[(n + Vector<float>.Count)..]);
                }

                a.CopyTo(sum[n..]);
                b.CopyTo(sum[(n + Vector<float>.Count)..]);
            }
        }

        AddAny(line[n..], weight, sum[n..], first);
    }

    private static void AddAny<T>(ReadOnlySpan<T> line, float weight, Span<float> sum, bool first)
        where T : unmanaged, INumber<T>
    {
        if (first)
        {
            sum[..line.Length].Clear();
        }

        for (var n = 0; n < line.Length; n++)
        {
            sum[n] += weight * float.CreateTruncating(line[n]);
        }
    }
}
