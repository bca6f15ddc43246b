using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Boxes whose centre is a labelled voxel or a voxel of the background, in a given ratio (MONAI's <c>RandCropByPosNegLabeld</c>).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/utils.py (map_binary_to_indices, generate_pos_neg_label_crop_centers). Golden: sampling/RandCropByPosNegLabeld_*.</remarks>
public sealed class RandCropByPosNegLabel : CropTransform
{
    private readonly string _labelKey;
    private readonly string? _imageKey;
    private readonly IReadOnlyList<int> _size;
    private readonly double _positive;
    private readonly double _threshold;
    private readonly bool _allowSmaller;

    /// <summary>Creates the crop.</summary>
    /// <param name="keys">The items that are cut.</param>
    /// <param name="labelKey">The item that says what is labelled.</param>
    /// <param name="size">The size of a box (spatial_size).</param>
    /// <param name="positive">How often the centre is labelled, pos / (pos + neg).</param>
    /// <param name="count">Boxes for each sample.</param>
    /// <param name="imageKey">When given, a background centre lies where this item is above the threshold.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="allowSmaller">Whether an image smaller than the box is taken whole along that axis; otherwise it is an error.</param>
    public RandCropByPosNegLabel(
        TransformKeys keys, string labelKey, IReadOnlyList<int> size, double positive, int count = 1, string? imageKey = null, double threshold = 0, bool allowSmaller = false)
        : base(keys, count)
    {
        _labelKey = labelKey;
        _imageKey = imageKey;
        _size = size;
        _positive = positive;
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
        VoxelPicker.RequireSameSize(size, label, image, nameof(RandCropByPosNegLabel));
        var box = Resolve(_size, size);
        RequireRoom(box, size, _allowSmaller, nameof(RandCropByPosNegLabel));
        var picker = new VoxelPicker(label!, image, _threshold, 2, v => v == 0 ? 0 : 1, imageGroups: 1);
        var ratio = (picker.Total(0), picker.Total(1)) switch
        {
            (0, 0) => throw new TransformException("RandCropByPosNegLabel: no voxel can be a centre; the label is empty and the image is nowhere above the threshold."),
            (_, 0) => 0,
            (0, _) => 1,
            _ => _positive,
        };
        var boxes = new CropBox[Count];
        for (var index = 0; index < Count; index++)
        {
            var (i, j, k) = picker.Pick(random.NextDouble() < ratio ? 1 : 0, random);
            boxes[index] = CropBox.Around(i, j, k, box, size);
        }

        return boxes;
    }

    internal static void RequireRoom(GridSize box, GridSize image, bool allowSmaller, string transform)
    {
        if (!allowSmaller && (box.I > image.I || box.J > image.J || box.K > image.K))
        {
            throw new TransformException($"{transform}: a box of {box} does not fit into the image of {image}. Pad the image first or set allow_smaller.");
        }
    }

    internal static RandCropByPosNegLabel Create(TransformArguments arguments)
    {
        var (positive, negative) = (arguments.Get("pos", ArgumentKinds.Real, 1), arguments.Get("neg", ArgumentKinds.Real, 1));
        if (positive < 0 || negative < 0 || positive + negative == 0)
        {
            arguments.Problem("pos", $"pos and neg must not be negative and not both 0; they are {positive} and {negative}");
            (positive, negative) = (1, 1);
        }

        arguments.Ignore("fg_indices_key", "bg_indices_key");
        return new(
            arguments.Keys,
            arguments.Require("label_key", ArgumentKinds.Text, "label"),
            arguments.Require("spatial_size", ArgumentKinds.Integers, [-1]),
            positive / (positive + negative),
            Math.Max(1, arguments.Get("num_samples", ArgumentKinds.Integer, 1)),
            arguments.Get("image_key", ArgumentKinds.OrNull(ArgumentKinds.Text), null),
            arguments.Get("image_threshold", ArgumentKinds.Real, 0),
            arguments.Get("allow_smaller", ArgumentKinds.Boolean, false));
    }
}
