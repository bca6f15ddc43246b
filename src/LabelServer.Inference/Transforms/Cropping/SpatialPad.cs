using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Adds voxels up to a size, never crops (MONAI's <c>SpatialPadd</c>).</summary>
public sealed class SpatialPad : BoxTransform
{
    private readonly SizeArgument _size;
    private readonly bool _atEnd;

    /// <summary>Creates the step.</summary>
    public SpatialPad(TransformKeys keys, SizeArgument size, bool atEnd, PerKey<PadMode> mode, double fill)
        : base(keys, "SpatialPad", mode, fill)
    {
        _size = size;
        _atEnd = atEnd;
    }

    /// <inheritdoc/>
    protected override ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image)
    {
        var wanted = _size.For(image);
        return ResizeWithPadOrCrop.BoxOf(image, new GridSize(Math.Max(wanted.I, image.I), Math.Max(wanted.J, image.J), Math.Max(wanted.K, image.K)), _atEnd);
    }

    internal static SpatialPad Create(TransformArguments arguments) => new(
        arguments.Keys,
        SizeArgument.Read(arguments, "spatial_size"),
        PadArguments.AtEnd(arguments),
        arguments.GetPerKey("mode", PadArguments.Mode, PadMode.Constant),
        PadArguments.Value(arguments));
}
