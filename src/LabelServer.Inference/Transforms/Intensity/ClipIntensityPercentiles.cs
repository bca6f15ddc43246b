using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Holds intensities between two percentiles, sharply or with a soft knee (MONAI's <c>ClipIntensityPercentilesd</c>).</summary>
public sealed class ClipIntensityPercentiles : IntensityTransform
{
    private readonly double? _lower;
    private readonly double? _upper;
    private readonly double? _sharpness;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="lower">The lower percentile, or null.</param>
    /// <param name="upper">The upper percentile, or null.</param>
    /// <param name="sharpness">How sharp the knee is, above 0; null for a hard limit.</param>
    /// <param name="channelWise">Whether each channel stands for itself.</param>
    public ClipIntensityPercentiles(TransformKeys keys, double? lower, double? upper, double? sharpness, bool channelWise)
        : base(keys, channelWise)
    {
        _lower = lower;
        _upper = upper;
        _sharpness = sharpness;
    }

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context)
    {
        var limits = Percentiles.Of(samples, [_lower ?? 0, _upper ?? 100], context.Parallel);
        double? low = _lower is null ? null : limits[0], high = _upper is null ? null : limits[1];
        if (_sharpness is { } sharpness)
        {
            PointOperations.SoftClip(samples, sharpness, low, high, context.Parallel);
        }
        else
        {
            Rescaling.Clip(samples, low, high, context.Parallel);
        }
    }

    internal static ClipIntensityPercentiles Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype", "return_clipping_values");
        var (lower, upper) = (PercentileArgument.ReadOptional(arguments, "lower"), PercentileArgument.ReadOptional(arguments, "upper"));
        if (lower is null && upper is null)
        {
            arguments.Problem("lower", "lower or upper is needed");
        }

        if (lower > upper)
        {
            arguments.Problem("upper", "is below lower");
        }

        var sharpness = arguments.Get("sharpness_factor", ArgumentKinds.OrNone(ArgumentKinds.Real), null);
        if (sharpness <= 0)
        {
            arguments.Problem("sharpness_factor", "must be above 0");
        }

        return new ClipIntensityPercentiles(arguments.Keys, lower, upper, sharpness, arguments.Get("channel_wise", ArgumentKinds.Boolean, false));
    }
}
