using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Comparison;

/// <summary>Compares two label maps of one image, structure by structure.</summary>
/// <remarks>
/// <para>The surface is every voxel of a structure with a neighbour (of six; four in 2-D) that is not of it; what lies outside the image is not. Distances are Euclidean between voxel centres, axis lengths as the grid has them.</para>
/// <para>Source: MONAI@d388d1c6 monai/metrics/{meandice,hausdorff_distance,utils}.py. Golden: LabelComparisonGoldenTests. Memory: beside the two maps only the surfaces; a distance map of a whole scan would be 12 bytes a voxel.</para>
/// </remarks>
public static class LabelComparison
{
    /// <summary>Compares.</summary>
    /// <param name="first">Labels in one channel.</param>
    /// <param name="firstTable">What its values stand for.</param>
    /// <param name="second">Labels in one channel on the same grid, perhaps with axes in another order or direction.</param>
    /// <param name="secondTable">What its values stand for.</param>
    /// <param name="structures">Structures, numbered from 0.</param>
    /// <param name="withDistances">Whether Hausdorff distances are wanted, which take most of the time.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>One entry for each structure.</returns>
    /// <exception cref="GeometryException">The maps have other shapes, or several channels.</exception>
    public static IReadOnlyList<StructureAgreement> Of(
        Volume first, StructureTable firstTable, Volume second, StructureTable secondTable, int structures, bool withDistances, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(parallel);
        if (first.Channels != 1 || second.Channels != 1)
        {
            throw new GeometryException("Label maps of several layers (overlapping segments) cannot be compared voxel by voxel. Save the segments in one layer.");
        }

        var codes = AnatomicalAxes.AxisCodes(first.Grid.Affine);
        using var turned = AnatomicalAxes.AxisCodes(second.Grid.Affine) == codes ? null : Turn(second, codes, parallel);
        var other = turned ?? second;
        if (other.Size != first.Size)
        {
            throw new GeometryException($"A label map of {first.Size} voxels cannot be compared with one of {other.Size}: both must lie on the image's grid.");
        }

        var counts = new long[3, structures];
        first.Accept<FirstVisitor, bool>(new FirstVisitor(firstTable, other, secondTable, counts));
        var distances = withDistances ? Distances(first, firstTable, other, secondTable, structures, counts, parallel) : new double?[structures];
        return [.. Enumerable.Range(0, structures).Select(s => new StructureAgreement(counts[0, s], counts[1, s], counts[2, s], distances[s]))];
    }

    private static Volume Turn(Volume volume, string codes, ParallelOptions parallel) => AxisReorder.Copy(new VolumeView(volume, AnatomicalAxes.To(volume.Grid.Affine, codes)), parallel);

    private static double?[] Distances(Volume first, StructureTable firstTable, Volume second, StructureTable secondTable, int structures, long[,] counts, ParallelOptions parallel)
    {
        var wanted = Enumerable.Range(0, structures).Select(s => counts[0, s] > 0 && counts[1, s] > 0).ToArray();
        var firstSurfaces = SurfacePoints.Of(first, firstTable, wanted, parallel.CancellationToken);
        var secondSurfaces = SurfacePoints.Of(second, secondTable, wanted, parallel.CancellationToken);
        var distances = new double?[structures];
        for (var structure = 0; structure < structures; structure++)
        {
            if (wanted[structure])
            {
                var (a, b) = (firstSurfaces[structure], secondSurfaces[structure]);
                distances[structure] = Math.Max(Percentile95(new PointTree(b).Distances(a, parallel)), Percentile95(new PointTree(a).Distances(b, parallel)));
            }
        }

        return distances;
    }

    // As torch.quantile: linear between the two ranks.
    private static double Percentile95(float[] distances)
    {
        Array.Sort(distances);
        var place = 0.95 * (distances.Length - 1);
        var low = (int)place;
        var high = Math.Min(low + 1, distances.Length - 1);
        return distances[low] + ((distances[high] - distances[low]) * (place - low));
    }

    private readonly struct FirstVisitor(StructureTable table, Volume second, StructureTable secondTable, long[,] counts) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T> => second.Accept<SecondVisitor<T>, bool>(new SecondVisitor<T>(volume, table, secondTable, counts));
    }

    private readonly struct SecondVisitor<TFirst>(Volume<TFirst> first, StructureTable firstTable, StructureTable secondTable, long[,] counts) : IVolumeVisitor<bool>
        where TFirst : unmanaged, INumber<TFirst>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            ReadOnlySpan<TFirst> a = first.Samples;
            ReadOnlySpan<T> b = volume.Samples;
            for (var at = 0; at < a.Length; at++)
            {
                var (left, right) = (firstTable.Of(a[at]), secondTable.Of(b[at]));
                if (left >= 0)
                {
                    counts[0, left]++;
                    if (left == right)
                    {
                        counts[2, left]++;
                    }
                }

                if (right >= 0)
                {
                    counts[1, right]++;
                }
            }

            return true;
        }
    }
}
