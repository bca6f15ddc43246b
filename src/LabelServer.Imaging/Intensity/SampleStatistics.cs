using System.Numerics.Tensors;

namespace LabelServer.Imaging.Intensity;

/// <summary>Mean, deviation and extremes of many samples, in double and in a fixed order, so that the number of threads does not change a bit.</summary>
public static class SampleStatistics
{
    internal const int Chunk = 1 << 15;

    /// <summary>The mean and the standard deviation (divided by the count, not the count less one).</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="nonzero">Whether zeros are left out.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>Count 0 when nothing was counted; mean and deviation are then 0.</returns>
    public static (double Mean, double Deviation, long Count) MeanAndDeviation(Memory<float> samples, bool nonzero, ParallelOptions parallel)
    {
        var sums = PerChunk(samples, parallel, chunk =>
        {
            double sum = 0;
            long count = 0;
            foreach (var value in chunk)
            {
                sum += value;
                count += value != 0 ? 1 : 0;
            }

            return (sum, nonzero ? count : chunk.Length);
        });
        var total = sums.Sum(s => s.Item2);
        if (total == 0)
        {
            return (0, 0, 0);
        }

        var mean = sums.Sum(s => s.Item1) / total;
        var squares = PerChunk(samples, parallel, chunk =>
        {
            double sum = 0;
            foreach (var value in chunk)
            {
                var difference = nonzero && value == 0 ? 0 : value - mean;
                sum += difference * difference;
            }

            return (sum, 0L);
        });
        return (mean, Math.Sqrt(squares.Sum(s => s.Item1) / total), total);
    }

    /// <summary>The smallest and the largest sample; NaN if any sample is.</summary>
    public static (float Minimum, float Maximum) Range(Memory<float> samples, ParallelOptions parallel)
    {
        if (samples.Length == 0)
        {
            return (0, 0);
        }

        var ranges = new (float Minimum, float Maximum)[(samples.Length + Chunk - 1) / Chunk];
        Parallel.For(0, ranges.Length, parallel, n =>
        {
            var chunk = samples.Span.Slice(n * Chunk, Math.Min(Chunk, samples.Length - (n * Chunk)));
            ranges[n] = (TensorPrimitives.Min<float>(chunk), TensorPrimitives.Max<float>(chunk));
        });
        return (ranges.Select(r => r.Minimum).Aggregate(MathF.Min), ranges.Select(r => r.Maximum).Aggregate(MathF.Max));
    }

    /// <summary>Changes samples chunk by chunk.</summary>
    internal static void ForEachChunk(Memory<float> samples, ParallelOptions parallel, ChunkAction action) =>
        Parallel.For(0, (samples.Length + Chunk - 1) / Chunk, parallel, n => action(samples.Span.Slice(n * Chunk, Math.Min(Chunk, samples.Length - (n * Chunk)))));

    private static (double, long)[] PerChunk(Memory<float> samples, ParallelOptions parallel, ChunkSum sum)
    {
        var sums = new (double, long)[(samples.Length + Chunk - 1) / Chunk];
        Parallel.For(0, sums.Length, parallel, n => sums[n] = sum(samples.Span.Slice(n * Chunk, Math.Min(Chunk, samples.Length - (n * Chunk)))));
        return sums;
    }

    internal delegate void ChunkAction(Span<float> chunk);

    private delegate (double Sum, long Count) ChunkSum(ReadOnlySpan<float> chunk);
}
