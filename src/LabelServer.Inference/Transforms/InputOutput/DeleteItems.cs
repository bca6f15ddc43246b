namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Frees items that later steps do not need (MONAI's <c>DeleteItemsd</c>); absent ones are passed over.</summary>
public sealed class DeleteItems : ITransform
{
    private readonly IReadOnlyList<string> _names;

    /// <summary>Creates the step.</summary>
    public DeleteItems(IReadOnlyList<string> names) => _names = names;

    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        foreach (var name in _names)
        {
            sample.Remove(name);
        }
    }

    internal static DeleteItems Create(TransformArguments arguments)
    {
        arguments.Ignore("sep", "use_re");
        return new DeleteItems(arguments.Keys.Names ?? []);
    }
}
