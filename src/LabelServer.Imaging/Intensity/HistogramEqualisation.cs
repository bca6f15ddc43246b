namespace LabelServer.Imaging.Intensity;

/// <summary>Makes all intensities about equally frequent (MONAI's <c>HistogramNormalize</c>).</summary>
/// <remarks>Source: MONAI monai/transforms/utils.py (equalize_hist), NumPy's histogram and interp.</remarks>
public static class HistogramEqualisation
{
    /// <summary>Maps each sample by the cumulated histogram, in place.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="mask">As many values; only where it is not 0 is counted. Null counts all.</param>
    /// <param name="bins">The number of bins.</param>
    /// <param name="minimum">The new smallest value.</param>
    /// <param name="maximum">The new largest value.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static void Apply(Memory<float> samples, ReadOnlyMemory<float>? mask, int bins, double minimum, double maximum, ParallelOptions parallel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        var (low, high) = Limits(samples.Span, mask);
        var cumulated = Cumulated(samples.Span, mask, bins, low, high);
        double first = cumulated[0], range = cumulated[^1] - first;
        for (var n = 0; n < bins; n++)
        {
            cumulated[n] = range == 0 ? cumulated[n] * minimum : ((cumulated[n] - first) / range * (maximum - minimum)) + minimum;
        }

        var width = (high - low) / bins;
        SampleStatistics.ForEachChunk(samples, parallel, chunk =>
        {
            for (var n = 0; n < chunk.Length; n++)
            {
                var position = ((chunk[n] - low) / width) - 0.5;
                var lower = (int)Math.Clamp(Math.Floor(position), 0, bins - 1);
                var fraction = Math.Clamp(position - lower, 0, 1);
                chunk[n] = (float)(cumulated[lower] + (fraction * (cumulated[Math.Min(lower + 1, bins - 1)] - cumulated[lower])));
            }
        });
    }

    private static (double Low, double High) Limits(ReadOnlySpan<float> samples, ReadOnlyMemory<float>? mask)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        for (var n = 0; n < samples.Length; n++)
        {
            if (mask is not { } counted || counted.Span[n] != 0)
            {
                (low, high) = (Math.Min(low, samples[n]), Math.Max(high, samples[n]));
            }
        }

        return low < high ? (low, high) : low == high ? (low - 0.5, high + 0.5) : (0, 1);
    }

    private static double[] Cumulated(ReadOnlySpan<float> samples, ReadOnlyMemory<float>? mask, int bins, double low, double high)
    {
        var counts = new double[bins];
        for (var n = 0; n < samples.Length; n++)
        {
            if (mask is { } counted && counted.Span[n] == 0)
            {
                continue;
            }

            var bin = Math.Clamp((int)((samples[n] - low) / (high - low) * bins), 0, bins - 1);

            // NumPy puts a sample beside its bin right when rounding moved it over the bin's edge.
            if (samples[n] < Edge(bin))
            {
                bin--;
            }
            else if (bin < bins - 1 && samples[n] >= Edge(bin + 1))
            {
                bin++;
            }

            counts[bin]++;
        }

        for (var n = 1; n < bins; n++)
        {
            counts[n] += counts[n - 1];
        }

        return counts;

        double Edge(int bin) => low + (bin * ((high - low) / bins));
    }
}
