using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Boxes whose centre belongs to a class that is drawn by given ratios (MONAI's <c>RandCropByLabelClassesd</c>). Classes that are absent are not drawn.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/utils.py (map_classes_to_indices, generate_label_classes_crop_centers).</remarks>
public sealed class RandCropByLabelClasses : CropTransform
{
    private readonly string _labelKey;
    private readonly string? _imageKey;
    private readonly IReadOnlyList<int> _size;
    private readonly double[] _ratios;
    private readonly double _threshold;
    private readonly bool _allowSmaller;

    /// <summary>Creates the crop.</summary>
    /// <param name="keys">The items that are cut.</param>
    /// <param name="labelKey">The item that holds the classes.</param>
    /// <param name="size">The size of a box (spatial_size).</param>
    /// <param name="ratios">How often each class is the centre, background first; not negative.</param>
    /// <param name="count">Boxes for each sample.</param>
    /// <param name="imageKey">When given, a centre lies where this item is above the threshold.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="allowSmaller">Whether an image smaller than the box is taken whole along that axis; otherwise it is an error.</param>
    public RandCropByLabelClasses(
        TransformKeys keys, string labelKey, IReadOnlyList<int> size, IReadOnlyList<double> ratios, int count = 1, string? imageKey = null, double threshold = 0, bool allowSmaller = false)
        : base(keys, count)
    {
        _labelKey = labelKey;
        _imageKey = imageKey;
        _size = size;
        _ratios = [.. ratios];
        _threshold = threshold;
        _allowSmaller = allowSmaller;
    }

    /// <inheritdoc/>
    public override string? LabelKey => _labelKey;

    /// <inheritdoc/>
    public override string? ImageKey => _imageKey;

    /// <inheritdoc/>
    public override IReadOnlyList<CropBox> Choose(GridSize size, Volume? label, Volume<float>? image, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        VoxelPicker.RequireSameSize(size, label, image, nameof(RandCropByLabelClasses));
        var box = Resolve(_size, size);
        RandCropByPosNegLabel.RequireRoom(box, size, _allowSmaller, nameof(RandCropByLabelClasses));
        var classes = _ratios.Length;
        var picker = new VoxelPicker(label!, image, _threshold, classes, v => v < classes ? v : -1);
        double[] ratios = [.. _ratios.Select((r, c) => picker.Total(c) > 0 ? r : 0)];
        var sum = ratios.Sum();
        if (sum <= 0)
        {
            throw new TransformException("RandCropByLabelClasses: no voxel can be a centre; none of the classes that are asked for is there.");
        }

        var boxes = new CropBox[Count];
        for (var index = 0; index < Count; index++)
        {
            var (i, j, k) = picker.Pick(DrawClass(ratios, random.NextDouble() * sum), random);
            boxes[index] = CropBox.Around(i, j, k, box, size);
        }

        return boxes;
    }

    internal static RandCropByLabelClasses Create(TransformArguments arguments)
    {
        var classes = arguments.Get("num_classes", ArgumentKinds.OrNone(ArgumentKinds.Integer), null);
        var ratios = arguments.Get("ratios", ArgumentKinds.OrNull(ArgumentKinds.Reals), null) ?? [.. Enumerable.Repeat(1.0, Math.Max(1, classes ?? 1))];
        if (ratios.Any(r => r < 0) || (classes is { } count && ratios.Count != count) || (classes is null && ratios.Count == 1))
        {
            arguments.Problem("ratios", $"needs one number that is not negative for each of the {classes?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} classes (num_classes)");
        }

        arguments.Ignore("indices_key", "warn", "max_samples_per_class");
        return new(
            arguments.Keys,
            arguments.Require("label_key", ArgumentKinds.Text, "label"),
            arguments.Require("spatial_size", ArgumentKinds.Integers, [-1]),
            ratios,
            Math.Max(1, arguments.Get("num_samples", ArgumentKinds.Integer, 1)),
            arguments.Get("image_key", ArgumentKinds.OrNull(ArgumentKinds.Text), null),
            arguments.Get("image_threshold", ArgumentKinds.Real, 0),
            arguments.Get("allow_smaller", ArgumentKinds.Boolean, false));
    }

    private static int DrawClass(double[] ratios, double position)
    {
        for (var c = 0; c < ratios.Length; c++)
        {
            if (ratios[c] > 0 && position < ratios[c])
            {
                return c;
            }

            position -= ratios[c];
        }

        return Array.FindLastIndex(ratios, r => r > 0);
    }
}
