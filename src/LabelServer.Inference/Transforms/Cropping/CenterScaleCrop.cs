using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Crops to a part of the size about the centre (MONAI's <c>CenterScaleCropd</c>).</summary>
public sealed class CenterScaleCrop : BoxTransform
{
    private readonly double[] _parts;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="parts">The part of each side that is kept, rounded up to whole voxels; one number or three.</param>
    public CenterScaleCrop(TransformKeys keys, IReadOnlyList<double> parts)
        : base(keys, "CenterScaleCrop", new PerKey<PadMode>(PadMode.Constant), 0) => _parts = [.. parts];

    /// <inheritdoc/>
    protected override ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image) =>
        CenterSpatialCrop.BoxOf(image, new GridSize(Part(image, 0), Part(image, 1), Part(image, 2)));

    internal static CenterScaleCrop Create(TransformArguments arguments)
    {
        var parts = arguments.Require("roi_scale", ArgumentKinds.Reals, [1]);
        if (parts.Count is not (1 or 3) || parts.Any(p => p <= 0))
        {
            arguments.Problem("roi_scale", "expected one or three positive numbers");
            parts = [1];
        }

        return new CenterScaleCrop(arguments.Keys, parts);
    }

    private int Part(GridSize image, int axis) => (int)Math.Ceiling(_parts[_parts.Length == 1 ? 0 : axis] * image[axis]);
}
