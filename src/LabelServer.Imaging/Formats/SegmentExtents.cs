using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>Finds where the segments of a label map lie.</summary>
internal static class SegmentExtents
{
    /// <summary>The segments, those without an extent completed by looking at the voxels.</summary>
    /// <exception cref="ArgumentException">A segment names a layer that the volume has not.</exception>
    public static IReadOnlyList<Segment> Complete(Volume volume, IReadOnlyList<Segment> segments)
    {
        foreach (var segment in segments)
        {
            if (segment.Layer < 0 || segment.Layer >= volume.Channels)
            {
                throw new ArgumentException($"The segment '{segment.Name}' lies in layer {segment.Layer}; the volume has {volume.Channels} layer(s), counted from 0.", nameof(segments));
            }
        }

        if (segments.All(s => s.Extent is not null))
        {
            return segments;
        }

        var found = volume switch
        {
            Volume<byte> v => Find(v),
            Volume<sbyte> v => Find(v),
            Volume<ushort> v => Find(v),
            Volume<short> v => Find(v),
            Volume<uint> v => Find(v),
            Volume<int> v => Find(v),
            Volume<ulong> v => Find(v),
            Volume<long> v => Find(v),
            Volume<float> v => Find(v),
            Volume<double> v => Find(v),
            _ => throw new ArgumentException($"{volume.GetType()} is no volume that can be written.", nameof(volume)),
        };
        return [.. segments.Select(s => s.Extent is null ? s with { Extent = found.GetValueOrDefault((s.Layer, s.LabelValue), SegmentExtent.Empty) } : s)];
    }

    private static Dictionary<(int Layer, int Value), SegmentExtent> Find<T>(Volume<T> volume)
        where T : unmanaged, INumber<T>
    {
        var extents = new Dictionary<(int, int), SegmentExtent>();
        var (sizeI, sizeJ, sizeK) = volume.Size;
        for (var c = 0; c < volume.Channels; c++)
        {
            var channel = volume.Channel(c);
            for (var k = 0; k < sizeK; k++)
            {
                for (var j = 0; j < sizeJ; j++)
                {
                    var row = channel.Slice(((k * sizeJ) + j) * sizeI, sizeI);
                    for (var i = row.IndexOfAnyExcept(T.Zero); i >= 0 && i < sizeI;)
                    {
                        // A run of one value needs only its two ends.
                        var value = row[i];
                        var length = row[i..].IndexOfAnyExcept(value);
                        var last = length < 0 ? sizeI - 1 : i + length - 1;
                        if (value != T.Zero)
                        {
                            var key = (c, int.CreateSaturating(value));
                            extents[key] = extents.GetValueOrDefault(key, SegmentExtent.Empty).Including(i, j, k).Including(last, j, k);
                        }

                        i = last + 1;
                    }
                }
            }
        }

        return extents;
    }
}
