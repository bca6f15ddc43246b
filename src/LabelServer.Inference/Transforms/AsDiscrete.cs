using LabelServer.Imaging.Labels;

namespace LabelServer.Inference.Transforms;

/// <summary>Turns scores or labels into discrete values (MONAI's <c>AsDiscreted</c>): arg-max, then one-hot, then threshold, then rounding, each only if asked for.</summary>
/// <remarks>MONAI gives float32; here an arg-max of at most 256 channels gives <c>uint8</c> and one of more <c>uint16</c>, thresholds and one-hot give <c>uint8</c>: the same numbers in a quarter of the memory.</remarks>
public sealed class AsDiscrete : KeyedTransform
{
    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="argmax">For each key, whether the index of the largest channel is taken.</param>
    /// <param name="toOneHot">For each key, the number of classes of the one-hot form, or null.</param>
    /// <param name="threshold">For each key, the value from which on a voxel becomes 1, or null.</param>
    /// <param name="rounding">For each key, whether values are rounded (half to even).</param>
    public AsDiscrete(TransformKeys keys, PerKey<bool> argmax, PerKey<int?> toOneHot, PerKey<double?> threshold, PerKey<bool> rounding)
        : base(keys)
    {
        Argmax = argmax;
        ToOneHot = toOneHot;
        Threshold = threshold;
        Rounding = rounding;
    }

    /// <summary>For each key, whether the index of the largest channel is taken (of several equal ones the first).</summary>
    public PerKey<bool> Argmax { get; }

    /// <summary>For each key, the number of classes of the one-hot form, or null.</summary>
    public PerKey<int?> ToOneHot { get; }

    /// <summary>For each key, the value from which on a voxel becomes 1, or null.</summary>
    public PerKey<double?> Threshold { get; }

    /// <summary>For each key, whether values are rounded, half to even.</summary>
    public PerKey<bool> Rounding { get; }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        if (Argmax[index])
        {
            item.Replace(Discretise.Argmax(item.GetVolume(context), context.Parallel));
        }

        if (ToOneHot[index] is { } classes)
        {
            if (item.Channels != 1)
            {
                throw new TransformException($"The one-hot form needs labels in one channel, but '{item.Name}' has {item.Channels}; take argmax first.");
            }

            item.Replace(Discretise.OneHot(item.GetVolume(context), classes, context.Parallel));
        }

        if (Threshold[index] is { } threshold)
        {
            item.Replace(Discretise.Threshold(item.GetVolume(context), threshold, context.Parallel));
        }

        if (Rounding[index])
        {
            Discretise.Round(item.GetFloat(context), context.Parallel);
        }
    }

    internal static AsDiscrete Create(TransformArguments arguments)
    {
        arguments.Ignore("keepdim", "dtype");
        if (arguments.Get("dim", ArgumentKinds.Integer, 0) != 0)
        {
            arguments.Problem("dim", "only the channel axis (0) is supported");
        }

        var rounding = arguments.GetPerKey("rounding", ArgumentKinds.OrNull(ArgumentKinds.OneOf(new Dictionary<string, string> { ["torchrounding"] = "torchrounding" })), null);
        var count = arguments.Keys.Names?.Count ?? 1;
        return new AsDiscrete(
            arguments.Keys,
            arguments.GetPerKey("argmax", ArgumentKinds.Boolean, false),
            arguments.GetPerKey("to_onehot", ArgumentKinds.OrNone(ArgumentKinds.Integer), null),
            arguments.GetPerKey("threshold", ArgumentKinds.OrNone(ArgumentKinds.Real), null),
            new PerKey<bool>(Enumerable.Range(0, Math.Max(count, 1)).Select(i => rounding[i] is not null)));
    }
}
