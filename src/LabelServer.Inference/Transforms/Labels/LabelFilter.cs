using LabelServer.Imaging.Labels;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>Keeps the given labels and sets all others to 0 (MONAI's <c>LabelFilterd</c>).</summary>
public sealed class LabelFilter : KeyedTransform
{
    private readonly IReadOnlyList<double> _labels;

    /// <summary>Creates the step.</summary>
    public LabelFilter(TransformKeys keys, IReadOnlyList<double> labels)
        : base(keys) => _labels = labels;

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        LabelMapping.Keep(item.GetVolume(context), _labels, context.Parallel);
    }

    internal static LabelFilter Create(TransformArguments arguments) => new(arguments.Keys, arguments.Require("applied_labels", ArgumentKinds.Reals, []));
}
