using LabelServer.Imaging.Labels;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>Replaces label values by others (MONAI's <c>MapLabelValued</c>).</summary>
public sealed class MapLabelValue : KeyedTransform
{
    private readonly IReadOnlyList<double> _from;
    private readonly IReadOnlyList<double> _to;

    /// <summary>Creates the step.</summary>
    public MapLabelValue(TransformKeys keys, IReadOnlyList<double> from, IReadOnlyList<double> to)
        : base(keys)
    {
        _from = from;
        _to = to;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        item.Replace(LabelMapping.Replace(item.GetVolume(context), _from, _to, context.Parallel));
    }

    internal static MapLabelValue Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var from = arguments.Require("orig_labels", ArgumentKinds.Reals, []);
        var to = arguments.Require("target_labels", ArgumentKinds.Reals, []);
        if (from.Count != to.Count)
        {
            arguments.Problem("target_labels", $"has {to.Count} values, orig_labels {from.Count}");
        }

        return new MapLabelValue(arguments.Keys, from, to);
    }
}
