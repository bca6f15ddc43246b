using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Brings the range of intensities to given limits, or multiplies them by 1 + factor (MONAI's <c>ScaleIntensityd</c>).</summary>
public sealed class ScaleIntensity : IntensityTransform
{
    private readonly double? _minimum;
    private readonly double? _maximum;
    private readonly double? _factor;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="minimum">The new smallest value.</param>
    /// <param name="maximum">The new largest value.</param>
    /// <param name="factor">Used when both limits are null.</param>
    /// <param name="channelWise">Whether each channel stands for itself.</param>
    public ScaleIntensity(TransformKeys keys, double? minimum, double? maximum, double? factor, bool channelWise)
        : base(keys, channelWise)
    {
        _minimum = minimum;
        _maximum = maximum;
        _factor = factor;
    }

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context)
    {
        if (_minimum is not null || _maximum is not null)
        {
            Rescaling.ToRange(samples, _minimum, _maximum, context.Parallel);
        }
        else if (_factor is { } factor)
        {
            Rescaling.Multiply(samples, 1 + factor, context.Parallel);
        }
    }

    internal static ScaleIntensity Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var limit = ArgumentKinds.OrNone(ArgumentKinds.Real);
        return new ScaleIntensity(
            arguments.Keys,
            arguments.Get("minv", limit, 0),
            arguments.Get("maxv", limit, 1),
            arguments.Get("factor", limit, null),
            arguments.Get("channel_wise", ArgumentKinds.Boolean, false));
    }
}
