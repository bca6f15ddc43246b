using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Crops to a size about the centre, never pads (MONAI's <c>CenterSpatialCropd</c>).</summary>
public sealed class CenterSpatialCrop : BoxTransform
{
    private readonly SizeArgument _size;

    /// <summary>Creates the step.</summary>
    public CenterSpatialCrop(TransformKeys keys, SizeArgument size)
        : base(keys, "CenterSpatialCrop", new PerKey<PadMode>(PadMode.Constant), 0) => _size = size;

    /// <inheritdoc/>
    protected override ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image) => BoxOf(image, _size.For(image));

    internal static ((int I, int J, int K) Start, GridSize Size) BoxOf(GridSize image, GridSize wanted) =>
        ResizeWithPadOrCrop.BoxOf(image, new GridSize(Math.Min(wanted.I, image.I), Math.Min(wanted.J, image.J), Math.Min(wanted.K, image.K)), atEnd: true);

    internal static CenterSpatialCrop Create(TransformArguments arguments) => new(arguments.Keys, SizeArgument.Read(arguments, "roi_size"));
}
