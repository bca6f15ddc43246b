using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Maps the range between two percentiles to another range (MONAI's <c>ScaleIntensityRangePercentilesd</c>).</summary>
public sealed class ScaleIntensityRangePercentiles : IntensityTransform
{
    private readonly double _lower;
    private readonly double _upper;
    private readonly double? _toLow;
    private readonly double? _toHigh;
    private readonly bool _clip;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="lower">The lower percentile, 0 to 100.</param>
    /// <param name="upper">The upper percentile, 0 to 100.</param>
    /// <param name="toLow">What the lower one becomes; null with <paramref name="toHigh"/> for 0 and 1.</param>
    /// <param name="toHigh">What the upper one becomes.</param>
    /// <param name="clip">Whether values beyond are held at the limits.</param>
    /// <param name="relative">Whether the limits are those of 0 % and 100 %, and the percentiles keep their place between them.</param>
    /// <param name="channelWise">Whether each channel stands for itself.</param>
    public ScaleIntensityRangePercentiles(
        TransformKeys keys, double lower, double upper, double? toLow, double? toHigh, bool clip, bool relative, bool channelWise)
        : base(keys, channelWise)
    {
        _lower = lower;
        _upper = upper;
        (_toLow, _toHigh) = (toLow, toHigh);
        if (relative && toLow is { } low && toHigh is { } high)
        {
            (_toLow, _toHigh) = (((high - low) * (lower / 100)) + low, ((high - low) * (upper / 100)) + low);
        }

        _clip = clip;
    }

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context)
    {
        var limits = Percentiles.Of(samples, [_lower, _upper], context.Parallel);
        Rescaling.FromRange(samples, limits[0], limits[1], _toLow, _toHigh, _clip, context.Parallel);
    }

    internal static ScaleIntensityRangePercentiles Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var limit = ArgumentKinds.OrNone(ArgumentKinds.Real);
        var (low, high) = (arguments.Require("b_min", limit, 0), arguments.Require("b_max", limit, 1));
        var relative = arguments.Get("relative", ArgumentKinds.Boolean, false);
        if (relative && (low is null || high is null))
        {
            arguments.Problem("relative", "needs b_min and b_max");
        }

        return new ScaleIntensityRangePercentiles(
            arguments.Keys,
            PercentileArgument.Read(arguments, "lower"),
            PercentileArgument.Read(arguments, "upper"),
            low,
            high,
            arguments.Get("clip", ArgumentKinds.Boolean, false),
            relative,
            arguments.Get("channel_wise", ArgumentKinds.Boolean, false));
    }
}
