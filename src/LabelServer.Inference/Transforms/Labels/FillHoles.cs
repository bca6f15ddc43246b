using LabelServer.Imaging.Morphology;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>Gives what a label encloses to that label (MONAI's <c>FillHolesd</c>).</summary>
public sealed class FillHoles : KeyedTransform
{
    private readonly IReadOnlyList<int>? _labels;
    private readonly int _connectivity;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="labels">The labels (channels of a one-hot image) to fill; null for all but 0.</param>
    /// <param name="connectivity">1 to 3: through which neighbours the outside reaches in.</param>
    public FillHoles(TransformKeys keys, IReadOnlyList<int>? labels, int connectivity)
        : base(keys)
    {
        _labels = labels;
        _connectivity = connectivity;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        HoleFilling.Fill(item.GetVolume(context), _labels, _connectivity, context.CancellationToken);
    }

    internal static FillHoles Create(TransformArguments arguments)
    {
        var labels = arguments.Get("applied_labels", ArgumentKinds.OrNull(ArgumentKinds.Integers), null);
        return new FillHoles(arguments.Keys, labels is { Count: 0 } ? null : labels, ConnectivityArgument.Read(arguments, fallback: 3, largest: 3));
    }
}
