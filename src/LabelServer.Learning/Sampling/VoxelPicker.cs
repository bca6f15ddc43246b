using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Picks a random voxel of a class, every one of them with the same chance, without listing them: voxels are counted plane by plane and only the chosen plane is walked through.</summary>
/// <remarks>MONAI lists the index of every voxel of every class; for 105 classes and a large scan that is several times the scan.</remarks>
internal sealed class VoxelPicker
{
    private readonly Volume _label;
    private readonly Volume<float>? _image;
    private readonly double _threshold;
    private readonly int _groups;
    private readonly Func<int, int> _group;
    private readonly long[] _counts;
    private readonly long[] _totals;

    /// <summary>Counts.</summary>
    /// <param name="label">Labels in one channel.</param>
    /// <param name="image">When there is one, a voxel counts only where it is above the threshold in some channel.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="group">The group of a label value, or -1 for none.</param>
    /// <param name="imageGroups">The groups for which the image counts, as a bit mask of groups below 64; -1 for all.</param>
    public VoxelPicker(Volume label, Volume<float>? image, double threshold, int groups, Func<int, int> group, long imageGroups = -1)
    {
        _label = label;
        _image = image;
        _threshold = threshold;
        _groups = groups;
        _group = group;
        ImageGroups = imageGroups;
        _counts = new long[groups * label.Size.K];
        _totals = new long[groups];
        for (var k = 0; k < label.Size.K; k++)
        {
            Walk(k, -1, long.MaxValue);
        }

        for (var entry = 0; entry < _counts.Length; entry++)
        {
            _totals[entry % groups] += _counts[entry];
        }
    }

    private long ImageGroups { get; }

    /// <summary>The voxels of a group.</summary>
    public long Total(int group) => _totals[group];

    /// <summary>Draws a voxel of a group that has any.</summary>
    public (int I, int J, int K) Pick(int group, Random random)
    {
        var rank = random.NextInt64(_totals[group]);
        var k = 0;
        while (rank >= _counts[(k * _groups) + group])
        {
            rank -= _counts[(k * _groups) + group];
            k++;
        }

        var place = Walk(k, group, rank);
        return (place % _label.Size.I, place / _label.Size.I, k);
    }

    /// <summary>Counts a plane (group -1), or finds the place of the voxel of that rank in the group.</summary>
    private int Walk(int k, int group, long rank) => _label.Accept<PlaneVisitor, int>(new PlaneVisitor(this, k, group, rank));

    private readonly struct PlaneVisitor(VoxelPicker picker, int k, int wanted, long rank) : IVolumeVisitor<int>
    {
        public int Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var plane = volume.Size.I * volume.Size.J;
            var left = rank;
            for (var place = 0; place < plane; place++)
            {
                var offset = (k * plane) + place;
                var group = picker.GroupOf(volume, offset);
                if (group < 0)
                {
                    continue;
                }

                if (wanted < 0)
                {
                    picker._counts[(k * picker._groups) + group]++;
                }
                else if (group == wanted && left-- == 0)
                {
                    return place;
                }
            }

            return -1;
        }
    }

    private int GroupOf<T>(Volume<T> volume, int offset)
        where T : unmanaged, INumber<T>
    {
        // Of several channels the highest that is set counts (one-hot); channel 0 is background.
        var value = volume.Channels == 1 ? int.CreateTruncating(volume.Samples[offset]) : 0;
        for (var c = volume.Channels - 1; c > 0 && value == 0; c--)
        {
            value = volume.Samples[checked((int)((c * volume.Size.VoxelCount) + offset))] != T.Zero ? c : 0;
        }

        var group = _group(value);
        return group < 0 || _image is null || (ImageGroups >> Math.Min(group, 63) & 1) == 0 || IsInside(offset) ? group : -1;
    }

    private bool IsInside(int offset)
    {
        var image = _image!;
        for (var c = 0; c < image.Channels; c++)
        {
            if (image.Samples[checked((int)((c * image.Size.VoxelCount) + offset))] > _threshold)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Checks that label and image have one size.</summary>
    public static void RequireSameSize(GridSize size, Volume? label, Volume<float>? image, string transform)
    {
        if (label is null)
        {
            throw new TransformException($"{transform}: the label is missing.");
        }

        if (label.Size != size || (image is not null && image.Size != size))
        {
            throw new TransformException($"{transform}: image and label have different sizes, {size} and {label.Size}.");
        }
    }
}
