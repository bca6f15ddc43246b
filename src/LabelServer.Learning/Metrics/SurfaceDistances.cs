using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Morphology;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Learning.Metrics;

/// <summary>The distances between the surfaces of one class in two label maps, in both directions.</summary>
/// <remarks>
/// <para>The surface is every voxel of the class with a neighbour (of six; four in 2-D) that is not of the class; what lies outside the image is not. Distances are Euclidean between voxel centres.</para>
/// <para>Where only one of the maps has the class, distances are infinite; where neither has it there are none, and scores are NaN.</para>
/// <para>Source: MONAI@d388d1c6 monai/metrics/{utils,hausdorff_distance,surface_distance,surface_dice}.py. Golden: losses_more/metrics_*.</para>
/// </remarks>
public sealed class SurfaceDistances
{
    private readonly float[] _toTarget;
    private readonly float[] _toPrediction;

    private SurfaceDistances(float[] toTarget, float[] toPrediction)
    {
        _toTarget = toTarget;
        _toPrediction = toPrediction;
    }

    /// <summary>From each surface voxel of the prediction to the target's surface.</summary>
    public IReadOnlyList<float> ToTarget => _toTarget;

    /// <summary>From each surface voxel of the target to the prediction's surface.</summary>
    public IReadOnlyList<float> ToPrediction => _toPrediction;

    /// <summary>Measures a class.</summary>
    /// <param name="prediction">Labels in one channel.</param>
    /// <param name="target">Labels on the same grid.</param>
    /// <param name="label">The class.</param>
    /// <param name="spacing">Distances of voxels, in the unit that the result has; (1, 1, 1) for voxels.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <exception cref="MetricException">The maps have different sizes.</exception>
    public static SurfaceDistances Measure(Volume prediction, Volume target, int label, (double I, double J, double K) spacing, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (prediction.Size != target.Size)
        {
            throw new MetricException($"A prediction of {prediction.Size} voxels cannot be compared with a target of {target.Size}: both need the same grid.");
        }

        using var predicted = Surface(prediction, label);
        using var actual = Surface(target, label);
        return new(Distances(predicted, actual, spacing, parallel), Distances(actual, predicted, spacing, parallel));
    }

    /// <summary>The largest distance, or a percentile of the distances, of the prediction's surface and, unless directed, of the target's.</summary>
    /// <param name="percentile">Above 0 to 100; null: the largest. A percentile of infinite distances is NaN, as MONAI's.</param>
    /// <param name="directed">Whether only distances from the prediction count.</param>
    public double Hausdorff(double? percentile = null, bool directed = false)
    {
        var forward = Percentile(_toTarget, percentile);
        return directed ? forward : Math.Max(forward, Percentile(_toPrediction, percentile));
    }

    /// <summary>The mean distance from the prediction's surface and, when symmetric, of those from the target's too.</summary>
    public double Average(bool symmetric = false)
    {
        var (sum, count) = (0.0, 0);
        foreach (var distance in symmetric ? _toTarget.Concat(_toPrediction) : _toTarget)
        {
            sum += distance;
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }

    /// <summary>The part of both surfaces that lies within a tolerance of the other one.</summary>
    public double Dice(double tolerance)
    {
        var all = _toTarget.Length + _toPrediction.Length;
        return all == 0 ? double.NaN : (double)(_toTarget.Count(d => d <= tolerance) + _toPrediction.Count(d => d <= tolerance)) / all;
    }

    private static double Percentile(float[] distances, double? percentile)
    {
        if (distances.Length == 0)
        {
            return double.NaN;
        }

        if (percentile is null or 0)
        {
            return distances.Max();
        }

        // As torch.quantile: linear between the two ranks, which between infinite distances is no number.
        var sorted = distances.Order().ToArray();
        var place = percentile.Value / 100 * (sorted.Length - 1);
        var low = (int)Math.Floor(place);
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((sorted[high] - sorted[low]) * (place - low));
    }

    /// <summary>
    /// MONAI gives as many infinite distances as the other surface has voxels where this one has none; so the mean and the largest are infinite and not missing.
    /// </summary>
    private static float[] Distances(Volume<byte> from, Volume<byte> to, (double I, double J, double K) spacing, ParallelOptions parallel)
    {
        var (countFrom, countTo) = (Count(from), Count(to));
        if (countTo == 0 || countFrom == 0)
        {
            return [.. Enumerable.Repeat(float.PositiveInfinity, Math.Max(countFrom, countTo))];
        }

        using var outside = new Volume<byte>(to.Grid, clear: false);
        for (var at = 0; at < outside.Samples.Length; at++)
        {
            outside.Samples[at] = to.Samples[at] == 0 ? (byte)1 : (byte)0;
        }

        using var map = DistanceTransform.Of(outside, spacing, parallel);
        var distances = new float[countFrom];
        var next = 0;
        for (var at = 0; at < map.Samples.Length; at++)
        {
            if (from.Samples[at] != 0)
            {
                distances[next++] = map.Samples[at];
            }
        }

        return distances;
    }

    private static int Count(Volume<byte> mask)
    {
        var count = 0;
        foreach (var value in mask.Samples)
        {
            count += value;
        }

        return count;
    }

    private static Volume<byte> Surface(Volume labels, int label) => labels.Accept<SurfaceVisitor, Volume<byte>>(new SurfaceVisitor(label));

    private readonly struct SurfaceVisitor(int label) : IVolumeVisitor<Volume<byte>>
    {
        public Volume<byte> Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var wanted = T.CreateSaturating(label);
            var size = volume.Size;
            var result = new Volume<byte>(volume.Grid);
            var at = 0;
            for (var k = 0; k < size.K; k++)
            {
                for (var j = 0; j < size.J; j++)
                {
                    for (var i = 0; i < size.I; i++, at++)
                    {
                        if (volume.Samples[at] == wanted && IsBorder(volume.Samples, wanted, size, at, i, j, k))
                        {
                            result.Samples[at] = 1;
                        }
                    }
                }
            }

            return result;
        }

        // An image of one plane is 2-D: it has no neighbours above and below.
        private static bool IsBorder<T>(ReadOnlySpan<T> samples, T wanted, GridSize size, int at, int i, int j, int k)
            where T : unmanaged, INumber<T>
        {
            var plane = size.I * size.J;
            return i == 0 || i == size.I - 1 || j == 0 || j == size.J - 1
                || samples[at - 1] != wanted || samples[at + 1] != wanted || samples[at - size.I] != wanted || samples[at + size.I] != wanted
                || (size.K > 1 && (k == 0 || k == size.K - 1 || samples[at - plane] != wanted || samples[at + plane] != wanted));
        }
    }
}
