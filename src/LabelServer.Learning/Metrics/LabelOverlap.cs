using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Learning.Metrics;

/// <summary>For each class, how many voxels two label maps share and how many each of them has. One pass over the voxels, no plane per class.</summary>
public sealed class LabelOverlap
{
    private LabelOverlap(long[] shared, long[] predicted, long[] actual, long voxels)
    {
        Shared = shared;
        Predicted = predicted;
        Actual = actual;
        Voxels = voxels;
    }

    /// <summary>Voxels of class c in both maps (true positives).</summary>
    public IReadOnlyList<long> Shared { get; }

    /// <summary>Voxels of class c in the prediction.</summary>
    public IReadOnlyList<long> Predicted { get; }

    /// <summary>Voxels of class c in the target.</summary>
    public IReadOnlyList<long> Actual { get; }

    /// <summary>All voxels.</summary>
    public long Voxels { get; }

    /// <summary>The number of classes, background included.</summary>
    public int Classes => Actual.Count;

    /// <summary>Counts. Values outside the classes count as no class at all.</summary>
    /// <param name="prediction">Labels in one channel.</param>
    /// <param name="target">Labels in one channel, as many voxels.</param>
    /// <param name="classes">Classes, background included.</param>
    /// <exception cref="MetricException">The maps have different sizes.</exception>
    public static LabelOverlap Count(Volume prediction, Volume target, int classes)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (prediction.Size != target.Size || prediction.Channels != 1 || target.Channels != 1)
        {
            throw new MetricException($"A prediction of {prediction.Size} voxels cannot be compared with a target of {target.Size}: both need one channel on the same grid.");
        }

        var counts = new long[3, classes];
        prediction.Accept<PredictionVisitor, bool>(new PredictionVisitor(target, counts, classes));
        return new(Row(counts, 0, classes), Row(counts, 1, classes), Row(counts, 2, classes), prediction.Size.VoxelCount);
    }

    /// <summary>Counts the voxels that are not 0, each channel as a class of its own.</summary>
    /// <param name="prediction">Masks, one for each class.</param>
    /// <param name="target">Masks of the same size and number.</param>
    /// <exception cref="MetricException">The sizes or numbers differ.</exception>
    public static LabelOverlap CountChannels(Volume prediction, Volume target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (prediction.Size != target.Size || prediction.Channels != target.Channels)
        {
            throw new MetricException($"A prediction of {prediction.Channels} × {prediction.Size} voxels cannot be compared with a target of {target.Channels} × {target.Size}.");
        }

        var counts = new long[3, prediction.Channels];
        prediction.Accept<PredictedMasks, bool>(new PredictedMasks(target, counts));
        return new(Row(counts, 0, prediction.Channels), Row(counts, 1, prediction.Channels), Row(counts, 2, prediction.Channels), prediction.Size.VoxelCount);
    }

    private static long[] Row(long[,] counts, int row, int classes) => [.. Enumerable.Range(0, classes).Select(c => counts[row, c])];

    private readonly struct PredictionVisitor(Volume target, long[,] counts, int classes) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T> => target.Accept<TargetVisitor<T>, bool>(new TargetVisitor<T>(volume, counts, classes));
    }

    private readonly struct TargetVisitor<TPrediction>(Volume<TPrediction> prediction, long[,] counts, int classes) : IVolumeVisitor<bool>
        where TPrediction : unmanaged, INumber<TPrediction>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var p = prediction.Samples;
            var t = volume.Samples;
            for (var at = 0; at < p.Length; at++)
            {
                var (left, right) = (int.CreateSaturating(p[at]), int.CreateSaturating(t[at]));
                if ((uint)left < (uint)classes)
                {
                    counts[1, left]++;
                    if (left == right)
                    {
                        counts[0, left]++;
                    }
                }

                if ((uint)right < (uint)classes)
                {
                    counts[2, right]++;
                }
            }

            return true;
        }
    }

    private readonly struct PredictedMasks(Volume target, long[,] counts) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T> => target.Accept<TargetMasks<T>, bool>(new TargetMasks<T>(volume, counts));
    }

    private readonly struct TargetMasks<TPrediction>(Volume<TPrediction> prediction, long[,] counts) : IVolumeVisitor<bool>
        where TPrediction : unmanaged, INumber<TPrediction>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            for (var c = 0; c < volume.Channels; c++)
            {
                var p = prediction.Channel(c);
                var t = volume.Channel(c);
                for (var at = 0; at < p.Length; at++)
                {
                    var (predicted, actual) = (!TPrediction.IsZero(p[at]), !T.IsZero(t[at]));
                    counts[0, c] += predicted && actual ? 1 : 0;
                    counts[1, c] += predicted ? 1 : 0;
                    counts[2, c] += actual ? 1 : 0;
                }
            }

            return true;
        }
    }
}
