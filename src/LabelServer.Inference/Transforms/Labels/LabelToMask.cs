using LabelServer.Imaging.Labels;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>A mask of the given labels: where the value is one of them, or, of a one-hot image, those channels (MONAI's <c>LabelToMaskd</c>).</summary>
public sealed class LabelToMask : KeyedTransform
{
    private readonly IReadOnlyList<int> _labels;
    private readonly bool _merge;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="merge">Whether channels are united to one mask.</param>
    public LabelToMask(TransformKeys keys, IReadOnlyList<int> labels, bool merge)
        : base(keys)
    {
        _labels = labels;
        _merge = merge;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        if (item.Channels == 1)
        {
            item.Replace(LabelMapping.Mask(item.GetVolume(context), [.. _labels.Select(l => (double)l)], context.Parallel));
            return;
        }

        if (_labels.Any(l => l < 0 || l >= item.Channels))
        {
            throw new TransformException($"'{item.Name}' has the channels 0 to {item.Channels - 1}, but select_labels asks for {string.Join(", ", _labels)}.");
        }

        item.Replace(Select(item.GetFloat(context)));
    }

    internal static LabelToMask Create(TransformArguments arguments)
    {
        var labels = arguments.Require("select_labels", ArgumentKinds.Integers, [0]);
        if (labels.Count == 0)
        {
            arguments.Problem("select_labels", "is empty");
            labels = [0];
        }

        return new LabelToMask(arguments.Keys, labels, arguments.Get("merge_channels", ArgumentKinds.Boolean, false));
    }

    private Volume<float> Select(Volume<float> volume)
    {
        var result = new Volume<float>(volume.Grid, _merge ? 1 : _labels.Count);
        for (var n = 0; n < _labels.Count; n++)
        {
            var from = volume.Channel(_labels[n]);
            var to = result.Channel(_merge ? 0 : n);
            for (var at = 0; at < from.Length; at++)
            {
                to[at] = _merge ? (to[at] != 0 || from[at] != 0 ? 1 : 0) : from[at];
            }
        }

        return result;
    }
}
