using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Keeps values on one side of a threshold and replaces the others (MONAI's <c>ThresholdIntensityd</c>).</summary>
public sealed class ThresholdIntensity : IntensityTransform
{
    private readonly double _threshold;
    private readonly bool _above;
    private readonly double _replacement;

    /// <summary>Creates the step.</summary>
    public ThresholdIntensity(TransformKeys keys, double threshold, bool above, double replacement)
        : base(keys, channelWise: false)
    {
        _threshold = threshold;
        _above = above;
        _replacement = replacement;
    }

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context) =>
        PointOperations.Threshold(samples, _threshold, _above, _replacement, context.Parallel);

    internal static ThresholdIntensity Create(TransformArguments arguments) => new(
        arguments.Keys,
        arguments.Require("threshold", ArgumentKinds.Real, 0),
        arguments.Get("above", ArgumentKinds.Boolean, true),
        arguments.Get("cval", ArgumentKinds.Real, 0));
}
