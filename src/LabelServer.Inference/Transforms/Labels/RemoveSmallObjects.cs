using LabelServer.Imaging.Morphology;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>Removes objects of too few voxels or too little volume (MONAI's <c>RemoveSmallObjectsd</c>).</summary>
public sealed class RemoveSmallObjects : KeyedTransform
{
    private readonly double _minimum;
    private readonly int _connectivity;
    private readonly bool _independent;
    private readonly bool _byMeasure;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="minimum">The least size that is kept, in voxels or mm³.</param>
    /// <param name="connectivity">1 (faces) to 4 (with channels).</param>
    /// <param name="independent">Whether labels are kept apart.</param>
    /// <param name="byMeasure">Whether the size is in mm³, by the image's own voxel size.</param>
    public RemoveSmallObjects(TransformKeys keys, double minimum, int connectivity, bool independent, bool byMeasure)
        : base(keys)
    {
        _minimum = minimum;
        _connectivity = connectivity;
        _independent = independent;
        _byMeasure = byMeasure;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        var (i, j, k) = item.Grid.Affine.Spacing();
        var voxel = i * j * k == 0 ? 1 : i * j * k;
        var minimum = _byMeasure ? Math.Ceiling(_minimum / voxel) : _minimum;
        SmallObjects.Remove(item.GetVolume(context), minimum, _connectivity, _independent, context.CancellationToken);
    }

    internal static RemoveSmallObjects Create(TransformArguments arguments)
    {
        // The image's own voxel size counts, as in MONAI, where the argument only serves images without one.
        arguments.Ignore("pixdim");
        return new RemoveSmallObjects(
            arguments.Keys,
            arguments.Get("min_size", ArgumentKinds.Real, 64),
            ConnectivityArgument.Read(arguments, fallback: 1, largest: 4),
            arguments.Get("independent_channels", ArgumentKinds.Boolean, true),
            arguments.Get("by_measure", ArgumentKinds.Boolean, false));
    }
}
