using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Reverses axes (MONAI's <c>Flipd</c>); the affine follows, so that the anatomy stays in place.</summary>
public sealed class Flip : AxisTransform
{
    /// <summary>Creates the step for the given axes (0, 1, 2).</summary>
    public Flip(TransformKeys keys, IReadOnlyList<int> axes)
        : base(keys, "Flip", AxisMap.Flip(axes.Contains(0), axes.Contains(1), axes.Contains(2)))
    {
    }

    internal static Flip Create(TransformArguments arguments) => new(arguments.Keys, AxisArgument.Read(arguments, "spatial_axis", [0, 1, 2]));
}
