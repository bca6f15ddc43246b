namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Frees all items but the named ones (MONAI's <c>SelectItemsd</c>).</summary>
public sealed class SelectItems : ITransform
{
    private readonly TransformKeys _keys;

    /// <summary>Creates the step.</summary>
    public SelectItems(TransformKeys keys) => _keys = keys;

    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
        var kept = _keys.In(sample).Select(k => k.Item.Name).ToHashSet();
        foreach (var item in sample.Items.Where(i => !kept.Contains(i.Name)).ToArray())
        {
            sample.Remove(item.Name);
        }
    }

    internal static SelectItems Create(TransformArguments arguments) => new(arguments.Keys);
}
