using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Maps one range of intensities to another (MONAI's <c>ScaleIntensityRanged</c>), such as a window of Hounsfield values to 0…1.</summary>
public sealed class ScaleIntensityRange : IntensityTransform
{
    private readonly double _fromLow;
    private readonly double _fromHigh;
    private readonly double? _toLow;
    private readonly double? _toHigh;
    private readonly bool _clip;

    /// <summary>Creates the step.</summary>
    public ScaleIntensityRange(TransformKeys keys, double fromLow, double fromHigh, double? toLow, double? toHigh, bool clip)
        : base(keys, channelWise: false)
    {
        _fromLow = fromLow;
        _fromHigh = fromHigh;
        _toLow = toLow;
        _toHigh = toHigh;
        _clip = clip;
    }

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context) =>
        Rescaling.FromRange(samples, _fromLow, _fromHigh, _toLow, _toHigh, _clip, context.Parallel);

    internal static ScaleIntensityRange Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var limit = ArgumentKinds.OrNone(ArgumentKinds.Real);
        return new ScaleIntensityRange(
            arguments.Keys,
            arguments.Require("a_min", ArgumentKinds.Real, 0),
            arguments.Require("a_max", ArgumentKinds.Real, 1),
            arguments.Get("b_min", limit, null),
            arguments.Get("b_max", limit, null),
            arguments.Get("clip", ArgumentKinds.Boolean, false));
    }
}
