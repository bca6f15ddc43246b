using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Cropping;

/// <summary>Finds the smallest box that holds all selected voxels.</summary>
public static class ForegroundBox
{
    /// <summary>The box in seen indices, or null when nothing is selected.</summary>
    /// <param name="view">The volume, possibly turned.</param>
    /// <param name="selection">Which values count.</param>
    /// <param name="channels">Which channels count; null means all.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>For each axis the first index and the index after the last.</returns>
    /// <exception cref="VolumeUnsupportedException">A channel does not exist.</exception>
    public static (int Start, int End)[]? Find(VolumeView view, ValueSelection selection, IReadOnlyList<int>? channels, ParallelOptions parallel)
    {
        var stored = view.Stored;
        foreach (var channel in channels ?? [])
        {
            if (channel < -stored.Channels || channel >= stored.Channels)
            {
                throw new VolumeUnsupportedException($"Channel {channel} was asked for, but the image has {stored.Channels}.");
            }
        }

        int[] counted = [.. channels?.Select(c => c < 0 ? c + stored.Channels : c) ?? Enumerable.Range(0, stored.Channels)];
        var box = stored.Accept<Search, (int Start, int End)[]?>(new Search(selection, counted, parallel));
        if (box is null)
        {
            return null;
        }

        var seen = new (int Start, int End)[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var (start, end) = box[view.Axes.Source(axis)];
            var size = view.Size[axis];
            seen[axis] = view.Axes.Flipped(axis) ? (size - end, size - start) : (start, end);
        }

        return seen;
    }

    private readonly struct Search(ValueSelection selection, int[] channels, ParallelOptions parallel) : IVolumeVisitor<(int Start, int End)[]?>
    {
        public (int Start, int End)[]? Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var planes = new (int MinI, int MaxI, int MinJ, int MaxJ)[volume.Size.K];
            var (wanted, counted) = (selection, channels);
            Parallel.For(0, planes.Length, parallel, k => planes[k] = Plane(volume, k, wanted, counted));
            var (minI, maxI, minJ, maxJ, minK, maxK) = (int.MaxValue, -1, int.MaxValue, -1, int.MaxValue, -1);
            for (var k = 0; k < planes.Length; k++)
            {
                if (planes[k].MaxI < 0)
                {
                    continue;
                }

                (minI, maxI) = (Math.Min(minI, planes[k].MinI), Math.Max(maxI, planes[k].MaxI));
                (minJ, maxJ) = (Math.Min(minJ, planes[k].MinJ), Math.Max(maxJ, planes[k].MaxJ));
                (minK, maxK) = (Math.Min(minK, k), k);
            }

            return maxI < 0 ? null : [(minI, maxI + 1), (minJ, maxJ + 1), (minK, maxK + 1)];
        }

        private static (int MinI, int MaxI, int MinJ, int MaxJ) Plane<T>(Volume<T> volume, int k, ValueSelection selection, int[] channels)
            where T : unmanaged, INumber<T>
        {
            var (width, height) = (volume.Size.I, volume.Size.J);
            var (minI, maxI, minJ, maxJ) = (int.MaxValue, -1, int.MaxValue, -1);
            foreach (var channel in channels)
            {
                var plane = volume.Channel(channel).Slice(k * width * height, width * height);
                for (var j = 0; j < height; j++)
                {
                    var line = plane.Slice(j * width, width);
                    var first = 0;
                    while (first < width && !selection.Selects(line[first]))
                    {
                        first++;
                    }

                    if (first == width)
                    {
                        continue;
                    }

                    var last = width - 1;
                    while (!selection.Selects(line[last]))
                    {
                        last--;
                    }

                    (minI, maxI, minJ, maxJ) = (Math.Min(minI, first), Math.Max(maxI, last), Math.Min(minJ, j), Math.Max(maxJ, j));
                }
            }

            return (minI, maxI, minJ, maxJ);
        }
    }
}
