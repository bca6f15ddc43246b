namespace LabelServer.Imaging.Intensity;

/// <summary>Exact percentiles without sorting or copying: the sample of a given rank is found by counting, first the upper, then the lower half of its bits.</summary>
public static class Percentiles
{
    /// <summary>The percentiles, interpolated linearly between neighbours as NumPy and torch do.</summary>
    /// <param name="samples">The samples; NaN counts as the largest.</param>
    /// <param name="percent">Each 0 to 100.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <exception cref="VolumeUnsupportedException">There are no samples.</exception>
    public static double[] Of(Memory<float> samples, ReadOnlySpan<double> percent, ParallelOptions parallel)
    {
        if (samples.Length == 0)
        {
            throw new VolumeUnsupportedException("An image without voxels has no percentiles.");
        }

        var result = new double[percent.Length];
        var upper = Count(samples, parallel, key => (int)(key >> 16), uint.MaxValue);
        for (var n = 0; n < result.Length; n++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(percent[n]);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(percent[n], 100);
            var rank = percent[n] / 100 * (samples.Length - 1);
            var lower = Ranked(samples, upper, (long)Math.Floor(rank), parallel);
            var fraction = rank - Math.Floor(rank);
            result[n] = fraction == 0 ? lower : lower + ((Ranked(samples, upper, (long)Math.Floor(rank) + 1, parallel) - lower) * fraction);
        }

        return result;
    }

    // Floats in the order of unsigned numbers: negative ones have all bits turned, the others the sign bit.
    private static uint Key(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
    }

    private static float Value(uint key) => BitConverter.UInt32BitsToSingle((key & 0x8000_0000) != 0 ? key & 0x7FFF_FFFF : ~key);

    private static double Ranked(Memory<float> samples, long[] upper, long rank, ParallelOptions parallel)
    {
        var high = Find(upper, ref rank);
        var lower = Count(samples, parallel, key => (int)(key & 0xFFFF), (uint)high);
        return Value(((uint)high << 16) | (uint)Find(lower, ref rank));
    }

    private static int Find(long[] counts, ref long rank)
    {
        var bin = 0;
        while (rank >= counts[bin])
        {
            rank -= counts[bin++];
        }

        return bin;
    }

    private static long[] Count(Memory<float> samples, ParallelOptions parallel, Func<uint, int> bin, uint high)
    {
        var total = new long[65536];
        var gate = new Lock();
        var chunks = (samples.Length + SampleStatistics.Chunk - 1) / SampleStatistics.Chunk;
        Parallel.For(0, chunks, parallel, () => new int[65536], (n, _, counts) =>
        {
            foreach (var value in samples.Span.Slice(n * SampleStatistics.Chunk, Math.Min(SampleStatistics.Chunk, samples.Length - (n * SampleStatistics.Chunk))))
            {
                var key = Key(value);
                if (high == uint.MaxValue || key >> 16 == high)
                {
                    counts[bin(key)]++;
                }
            }

            return counts;
        }, counts =>
        {
            lock (gate)
            {
                for (var n = 0; n < total.Length; n++)
                {
                    total[n] += counts[n];
                }
            }
        });
        return total;
    }
}
