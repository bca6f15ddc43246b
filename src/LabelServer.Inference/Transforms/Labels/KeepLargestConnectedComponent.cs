using LabelServer.Imaging.Morphology;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>Keeps only the largest connected components (MONAI's <c>KeepLargestConnectedComponentd</c>).</summary>
public sealed class KeepLargestConnectedComponent : KeyedTransform
{
    private readonly IReadOnlyList<int>? _labels;
    private readonly bool? _isOneHot;
    private readonly bool _independent;
    private readonly int _connectivity;
    private readonly int _count;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="labels">The labels (channels of a one-hot image) to look at; null for all but 0.</param>
    /// <param name="isOneHot">Whether each channel is a label; null means when there are several channels.</param>
    /// <param name="independent">Whether each label has its own components; otherwise their union has.</param>
    /// <param name="connectivity">1 (faces), 2 (edges) or 3 (corners).</param>
    /// <param name="count">How many components are kept.</param>
    public KeepLargestConnectedComponent(TransformKeys keys, IReadOnlyList<int>? labels, bool? isOneHot, bool independent, int connectivity, int count)
        : base(keys)
    {
        _labels = labels;
        _isOneHot = isOneHot;
        _independent = independent;
        _connectivity = connectivity;
        _count = count;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        if (_isOneHot ?? item.Channels > 1)
        {
            LargestComponents.KeepInChannels(item.GetVolume(context), _labels, _independent, _connectivity, _count, context.CancellationToken);
        }
        else if (item.Channels == 1)
        {
            LargestComponents.KeepInLabels(item.GetVolume(context), _labels, _independent, _connectivity, _count, context.CancellationToken);
        }
        else
        {
            throw new TransformException($"'{item.Name}' has {item.Channels} channels, but labels are expected in one; take argmax first or set is_onehot.");
        }
    }

    internal static KeepLargestConnectedComponent Create(TransformArguments arguments)
    {
        var count = arguments.Get("num_components", ArgumentKinds.Integer, 1);
        if (count < 1)
        {
            arguments.Problem("num_components", "expected at least 1");
        }

        return new KeepLargestConnectedComponent(
            arguments.Keys,
            arguments.Get("applied_labels", ArgumentKinds.OrNull(ArgumentKinds.Integers), null),
            arguments.Get("is_onehot", ArgumentKinds.OrNone(ArgumentKinds.Boolean), null),
            arguments.Get("independent", ArgumentKinds.Boolean, true),
            ConnectivityArgument.Read(arguments, fallback: 3, largest: 3),
            count);
    }
}
