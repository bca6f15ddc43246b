namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Checks that items have a channel axis (MONAI's <c>EnsureChannelFirstd</c>): volumes here always do, the readers see to it.</summary>
public sealed class EnsureChannelFirst : KeyedTransform
{
    /// <summary>Creates the step.</summary>
    public EnsureChannelFirst(TransformKeys keys)
        : base(keys)
    {
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        _ = item.View;
    }

    internal static EnsureChannelFirst Create(TransformArguments arguments)
    {
        arguments.Ignore("meta_keys", "meta_key_postfix", "strict_check", "channel_dim");
        return new EnsureChannelFirst(arguments.Keys);
    }
}
