namespace LabelServer.Imaging.Intensity;

/// <summary>Changes of intensity that look at each sample alone, in place.</summary>
/// <remarks>Source: MONAI monai/transforms/intensity/array.py, monai/transforms/utils.py (soft_clip).</remarks>
public static class PointOperations
{
    /// <summary>Replaces what is not above (or not below) a threshold.</summary>
    public static void Threshold(Memory<float> samples, double threshold, bool above, double replacement, ParallelOptions parallel)
    {
        var (limit, other) = ((float)threshold, (float)replacement);
        SampleStatistics.ForEachChunk(samples, parallel, chunk =>
        {
            for (var n = 0; n < chunk.Length; n++)
            {
                chunk[n] = (above ? chunk[n] > limit : chunk[n] < limit) ? chunk[n] : other;
            }
        });
    }

    /// <summary>Holds samples between limits with a soft knee.</summary>
    public static void SoftClip(Memory<float> samples, double sharpness, double? low, double? high, ParallelOptions parallel) =>
        SampleStatistics.ForEachChunk(samples, parallel, chunk =>
        {
            for (var n = 0; n < chunk.Length; n++)
            {
                double value = chunk[n], result = value;
                result += low is { } least ? SoftPlus(-sharpness * (value - least)) / sharpness : 0;
                result -= high is { } most ? SoftPlus(sharpness * (value - most)) / sharpness : 0;
                chunk[n] = (float)result;
            }
        });

    /// <summary>Raises samples, scaled to 0…1, to a power.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="gamma">The power.</param>
    /// <param name="invert">Whether they are negated before and after.</param>
    /// <param name="retainStatistics">Whether mean and standard deviation (here divided by the count less one, as in torch) are put back.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static void AdjustContrast(Memory<float> samples, double gamma, bool invert, bool retainStatistics, ParallelOptions parallel)
    {
        if (invert)
        {
            Rescaling.Multiply(samples, -1, parallel);
        }

        var before = SampleStatistics.MeanAndDeviation(samples, false, parallel);
        var (low, high) = SampleStatistics.Range(samples, parallel);
        var range = high - low;
        var divisor = (float)(range + 1e-7);
        SampleStatistics.ForEachChunk(samples, parallel, chunk =>
        {
            for (var n = 0; n < chunk.Length; n++)
            {
                chunk[n] = (float)((Math.Pow((chunk[n] - low) / divisor, gamma) * range) + low);
            }
        });
        if (retainStatistics)
        {
            var unbiased = Math.Sqrt(before.Count / Math.Max(before.Count - 1.0, 1.0));
            var after = SampleStatistics.MeanAndDeviation(samples, false, parallel);
            var factor = before.Deviation * unbiased / ((after.Deviation * unbiased) + 1e-8);
            SampleStatistics.ForEachChunk(samples, parallel, chunk =>
            {
                for (var n = 0; n < chunk.Length; n++)
                {
                    chunk[n] = (float)(((chunk[n] - after.Mean) * factor) + before.Mean);
                }
            });
        }

        if (invert)
        {
            Rescaling.Multiply(samples, -1, parallel);
        }
    }

    private static double SoftPlus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
