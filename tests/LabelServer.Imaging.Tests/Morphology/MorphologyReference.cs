using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Morphology;

/// <summary>Connected components by flood fill, voxel by voxel.</summary>
internal static class MorphologyReference
{
    /// <summary>A label map with runs, so that components of many shapes occur.</summary>
    public static Volume<byte> Labels(GridSize size, int labels, int seed)
    {
        var random = new Random(seed);
        var volume = new Volume<byte>(new VolumeGrid(size, Affine.Identity));
        for (var n = 0; n < volume.Samples.Length; n++)
        {
            volume.Samples[n] = n > 0 && random.Next(3) > 0 ? volume.Samples[n - 1] : (byte)random.Next(labels + 1);
        }

        return volume;
    }

    /// <summary>For each voxel the number of its component, from 1; 0 is background. Voxels of equal value belong together.</summary>
    public static int[] Components(ReadOnlySpan<byte> samples, GridSize size, int connectivity)
    {
        var values = samples.ToArray();
        var result = new int[values.Length];
        var next = 0;
        var open = new Stack<int>();
        for (var start = 0; start < values.Length; start++)
        {
            if (values[start] == 0 || result[start] != 0)
            {
                continue;
            }

            result[start] = ++next;
            open.Push(start);
            while (open.TryPop(out var at))
            {
                foreach (var other in Neighbours(at, size, connectivity))
                {
                    if (values[other] == values[at] && result[other] == 0)
                    {
                        result[other] = next;
                        open.Push(other);
                    }
                }
            }
        }

        return result;
    }

    /// <summary>The neighbours of a voxel that lie inside.</summary>
    public static IEnumerable<int> Neighbours(int at, GridSize size, int connectivity)
    {
        var (i, j, k) = (at % size.I, at / size.I % size.J, at / size.I / size.J);
        for (var n = 0; n < 27; n++)
        {
            var (di, dj, dk) = ((n % 3) - 1, (n / 3 % 3) - 1, (n / 9) - 1);
            var hops = Math.Abs(di) + Math.Abs(dj) + Math.Abs(dk);
            var (x, y, z) = (i + di, j + dj, k + dk);
            if (hops > 0 && hops <= connectivity && x >= 0 && x < size.I && y >= 0 && y < size.J && z >= 0 && z < size.K)
            {
                yield return (((z * size.J) + y) * size.I) + x;
            }
        }
    }
}
