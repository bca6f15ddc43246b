using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Crops about the centre and adds voxels, so that the size is as wanted (MONAI's <c>ResizeWithPadOrCropd</c>).</summary>
public sealed class ResizeWithPadOrCrop : BoxTransform
{
    private readonly SizeArgument _size;
    private readonly bool _atEnd;

    /// <summary>Creates the step.</summary>
    public ResizeWithPadOrCrop(TransformKeys keys, SizeArgument size, bool atEnd, PerKey<PadMode> mode, double fill)
        : base(keys, "ResizeWithPadOrCrop", mode, fill)
    {
        _size = size;
        _atEnd = atEnd;
    }

    /// <inheritdoc/>
    protected override ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image) => BoxOf(image, _size.For(image), _atEnd);

    /// <summary>The box that crops about the centre where the image is larger and pads where it is smaller, the odd voxel after.</summary>
    internal static ((int I, int J, int K) Start, GridSize Size) BoxOf(GridSize image, GridSize wanted, bool atEnd)
    {
        int Start(int axis) => image[axis] > wanted[axis]
            ? Math.Max((image[axis] / 2) - (wanted[axis] / 2), 0)
            : atEnd ? 0 : -((wanted[axis] - image[axis]) / 2);
        return ((Start(0), Start(1), Start(2)), wanted);
    }

    internal static ResizeWithPadOrCrop Create(TransformArguments arguments) => new(
        arguments.Keys,
        SizeArgument.Read(arguments, "spatial_size"),
        PadArguments.AtEnd(arguments),
        arguments.GetPerKey("mode", PadArguments.Mode, PadMode.Constant),
        PadArguments.Value(arguments));
}
