using LabelServer.Imaging.Morphology;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>The distance of each voxel to the nearest 0 (MONAI's <c>DistanceTransformEDTd</c>).</summary>
public sealed class DistanceTransformEDT : KeyedTransform
{
    private readonly IReadOnlyList<double> _sampling;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="sampling">The length of a voxel, one or one for each axis.</param>
    public DistanceTransformEDT(TransformKeys keys, IReadOnlyList<double> sampling)
        : base(keys) => _sampling = sampling;

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        double At(int axis) => _sampling[_sampling.Count == 1 ? 0 : axis];
        item.Replace(DistanceTransform.Of(item.GetVolume(context), (At(0), At(1), At(2)), context.Parallel));
    }

    internal static DistanceTransformEDT Create(TransformArguments arguments)
    {
        var sampling = arguments.Get("sampling", ArgumentKinds.OrNull(ArgumentKinds.Reals), null) ?? [1];
        if (sampling.Count is not (1 or 3) || sampling.Any(s => s <= 0))
        {
            arguments.Problem("sampling", "expected one or three positive lengths");
            sampling = [1];
        }

        return new DistanceTransformEDT(arguments.Keys, sampling);
    }
}
