using System.Numerics.Tensors;

namespace LabelServer.Imaging.Intensity;

/// <summary>Changes of intensity that are a subtraction, a division, a product and a sum, in place. The operations keep MONAI's order, since float32 rounds after each.</summary>
public static class Rescaling
{
    /// <summary>(x - subtrahend) / divisor; mean and standard deviation unless given.</summary>
    /// <param name="samples">The samples of one or all channels.</param>
    /// <param name="subtrahend">What is taken away; null for the mean.</param>
    /// <param name="divisor">What is divided by; null for the standard deviation; 0 counts as 1.</param>
    /// <param name="nonzero">Whether zeros are left out of the statistics and left as they are.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <remarks>Source: MONAI monai/transforms/intensity/array.py (NormalizeIntensity). The statistics are taken in double.</remarks>
    public static void Normalise(Memory<float> samples, double? subtrahend, double? divisor, bool nonzero, ParallelOptions parallel)
    {
        var (mean, deviation, count) = subtrahend is null || divisor is null
            ? SampleStatistics.MeanAndDeviation(samples, nonzero, parallel)
            : (0, 0, 1);
        if (count == 0)
        {
            return;
        }

        var (sub, div) = ((float)(subtrahend ?? mean), (float)(divisor ?? deviation));
        div = div == 0 ? 1 : div;
        SampleStatistics.ForEachChunk(samples, parallel, chunk =>
        {
            if (!nonzero)
            {
                TensorPrimitives.Subtract(chunk, sub, chunk);
                TensorPrimitives.Divide(chunk, div, chunk);
                return;
            }

            for (var n = 0; n < chunk.Length; n++)
            {
                chunk[n] = chunk[n] == 0 ? 0 : (chunk[n] - sub) / div;
            }
        });
    }

    /// <summary>Brings the range of the samples to [minimum, maximum]; to [0, 1] when either is null. A constant image becomes value × minimum, as in MONAI.</summary>
    /// <remarks>Source: MONAI monai/transforms/utils.py (rescale_array).</remarks>
    public static void ToRange(Memory<float> samples, double? minimum, double? maximum, ParallelOptions parallel)
    {
        var (low, high) = SampleStatistics.Range(samples, parallel);
        if (low == high)
        {
            if (minimum is { } factor)
            {
                Multiply(samples, factor, parallel);
            }

            return;
        }

        SampleStatistics.ForEachChunk(samples, parallel, chunk =>
        {
            TensorPrimitives.Subtract(chunk, low, chunk);
            TensorPrimitives.Divide(chunk, high - low, chunk);
            if (minimum is { } from && maximum is { } to)
            {
                TensorPrimitives.Multiply(chunk, (float)(to - from), chunk);
                TensorPrimitives.Add(chunk, (float)from, chunk);
            }
        });
    }

    /// <summary>Maps [fromLow, fromHigh] linearly to [toLow, toHigh] (to [0, 1] when either is null), and clips to it when asked.</summary>
    /// <remarks>Source: MONAI monai/transforms/intensity/array.py (ScaleIntensityRange). An empty source range only subtracts fromLow and adds toLow.</remarks>
    public static void FromRange(Memory<float> samples, double fromLow, double fromHigh, double? toLow, double? toHigh, bool clip, ParallelOptions parallel)
    {
        var empty = fromHigh - fromLow == 0;
        SampleStatistics.ForEachChunk(samples, parallel, chunk =>
        {
            TensorPrimitives.Subtract(chunk, (float)fromLow, chunk);
            if (empty)
            {
                TensorPrimitives.Add(chunk, (float)(toLow ?? 0), chunk);
                return;
            }

            TensorPrimitives.Divide(chunk, (float)(fromHigh - fromLow), chunk);
            if (toLow is { } low && toHigh is { } high)
            {
                TensorPrimitives.Multiply(chunk, (float)(high - low), chunk);
                TensorPrimitives.Add(chunk, (float)low, chunk);
            }

            if (clip)
            {
                Clip(chunk, toLow, toHigh);
            }
        });
    }

    /// <summary>Holds samples within limits.</summary>
    public static void Clip(Memory<float> samples, double? low, double? high, ParallelOptions parallel) =>
        SampleStatistics.ForEachChunk(samples, parallel, chunk => Clip(chunk, low, high));

    /// <summary>Multiplies by a factor.</summary>
    public static void Multiply(Memory<float> samples, double factor, ParallelOptions parallel) =>
        SampleStatistics.ForEachChunk(samples, parallel, chunk => TensorPrimitives.Multiply(chunk, (float)factor, chunk));

    /// <summary>Adds an offset.</summary>
    public static void Add(Memory<float> samples, double offset, ParallelOptions parallel) =>
        SampleStatistics.ForEachChunk(samples, parallel, chunk => TensorPrimitives.Add(chunk, (float)offset, chunk));

    private static void Clip(Span<float> chunk, double? low, double? high)
    {
        if (low is { } least)
        {
            TensorPrimitives.Max(chunk, (float)least, chunk);
        }

        if (high is { } most)
        {
            TensorPrimitives.Min(chunk, (float)most, chunk);
        }
    }
}
