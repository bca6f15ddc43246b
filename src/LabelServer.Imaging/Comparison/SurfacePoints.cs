using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Comparison;

/// <summary>Finds the surface voxels of all structures of a label map in one pass.</summary>
internal static class SurfacePoints
{
    /// <summary>The surfaces.</summary>
    /// <param name="labels">Labels in one channel.</param>
    /// <param name="table">What the values stand for.</param>
    /// <param name="wanted">For each structure, whether its surface is wanted.</param>
    /// <param name="cancellationToken">Looked at before each plane.</param>
    /// <returns>For each structure the centres of its surface voxels in mm along the axes.</returns>
    public static Vector3[][] Of(Volume labels, StructureTable table, bool[] wanted, CancellationToken cancellationToken)
    {
        var indices = labels.Accept<Visitor, List<int>[]>(new Visitor(table, wanted, cancellationToken));
        var (stepI, stepJ, stepK) = labels.Grid.Affine.Spacing();
        var size = labels.Size;
        return [.. indices.Select(list => list.ConvertAll(at => new Vector3(
            (float)(at % size.I * stepI), (float)(at / size.I % size.J * stepJ), (float)(at / (size.I * size.J) * stepK))).ToArray())];
    }

    private readonly struct Visitor(StructureTable table, bool[] wanted, CancellationToken cancellationToken) : IVolumeVisitor<List<int>[]>
    {
        public List<int>[] Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var found = wanted.Select(_ => new List<int>()).ToArray();
            var size = volume.Size;
            var samples = volume.Samples;
            var at = 0;
            for (var k = 0; k < size.K; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var j = 0; j < size.J; j++)
                {
                    for (var i = 0; i < size.I; i++, at++)
                    {
                        var structure = table.Of(samples[at]);
                        if (structure >= 0 && wanted[structure] && IsBorder(samples, structure, size, at, i, j, k))
                        {
                            found[structure].Add(at);
                        }
                    }
                }
            }

            return found;
        }

        // An image of one plane is 2-D: it has no neighbours above and below.
        private bool IsBorder<T>(ReadOnlySpan<T> samples, int structure, GridSize size, int at, int i, int j, int k)
            where T : unmanaged, INumber<T>
        {
            var plane = size.I * size.J;
            return i == 0 || i == size.I - 1 || j == 0 || j == size.J - 1
                || table.Of(samples[at - 1]) != structure || table.Of(samples[at + 1]) != structure
                || table.Of(samples[at - size.I]) != structure || table.Of(samples[at + size.I]) != structure
                || (size.K > 1 && (k == 0 || k == size.K - 1 || table.Of(samples[at - plane]) != structure || table.Of(samples[at + plane]) != structure));
        }
    }
}
