using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>Takes class scores back to the image's grid and keeps the largest, one class at a time: never all classes at full size.</summary>
internal static class ScoreInverse
{
    private const int Chunk = 1 << 16;
    private const int MostClassesInByte = 256;

    /// <summary>The arg-max over the classes of the interpolated scores; of equal ones the first.</summary>
    /// <param name="scores">All classes on the model's grid.</param>
    /// <param name="trace">The spatial changes to undo, oldest first.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>One channel on the grid before the first change, <c>uint8</c> for up to 256 classes, else <c>uint16</c>; the caller disposes it.</returns>
    public static Volume ArgMax(Volume<float> scores, IReadOnlyList<SpatialOperation> trace, ParallelOptions parallel)
    {
        using var largest = Invert(scores, 0, trace, parallel);
        Volume labels = scores.Channels <= MostClassesInByte ? new Volume<byte>(largest.Grid) : new Volume<ushort>(largest.Grid);
        try
        {
            for (var channel = 1; channel < scores.Channels; channel++)
            {
                using var candidate = Invert(scores, channel, trace, parallel);
                if (labels is Volume<byte> narrow)
                {
                    Compare(largest, candidate, narrow, (byte)channel, parallel);
                }
                else
                {
                    Compare(largest, candidate, (Volume<ushort>)labels, (ushort)channel, parallel);
                }
            }

            return labels;
        }
        catch
        {
            labels.Dispose();
            throw;
        }
    }

    private static Volume<float> Invert(Volume<float> scores, int channel, IReadOnlyList<SpatialOperation> trace, ParallelOptions parallel)
    {
        using var one = new Volume<float>(scores.Grid, clear: false);
        scores.Channel(channel).CopyTo(one.Samples);
        var view = Transforms.Invert.Undo(new VolumeView(one), trace, interpolation: null, parallel);
        if (view is { Axes.IsIdentity: true, Stored: Volume<float> ready } && !ReferenceEquals(ready, one))
        {
            return ready;
        }

        try
        {
            return SampleConversion.ToFloat(view, parallel);
        }
        finally
        {
            if (!ReferenceEquals(view.Stored, one))
            {
                view.Stored.Dispose();
            }
        }
    }

    private static void Compare<T>(Volume<float> largest, Volume<float> candidate, Volume<T> labels, T label, ParallelOptions parallel)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var count = largest.Samples.Length;
        Parallel.For(0, (count + Chunk - 1) / Chunk, parallel, chunk =>
        {
            var range = new Range(chunk * Chunk, Math.Min((chunk + 1) * Chunk, count));
            var best = largest.Samples[range];
            var next = candidate.Samples[range];
            var target = labels.Samples[range];
            for (var index = 0; index < best.Length; index++)
            {
                if (next[index] > best[index])
                {
                    best[index] = next[index];
                    target[index] = label;
                }
            }
        });
    }
}
