namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Steps that only move data between NumPy, torch and devices (<c>ToTensord</c>, <c>ToNumpyd</c>, <c>ToDeviced</c>, <c>FromMetaTensord</c>): nothing to do here but to check that
/// the items are there.</summary>
public sealed class KeepAsIs : KeyedTransform
{
    /// <summary>Creates the step.</summary>
    public KeepAsIs(TransformKeys keys)
        : base(keys)
    {
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
    }

    internal static KeepAsIs Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype", "device", "wrap_sequence", "track_meta", "data_type", "non_blocking");
        return new KeepAsIs(arguments.Keys);
    }
}
