using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Raises intensities, scaled to 0…1, to a power (MONAI's <c>AdjustContrastd</c>).</summary>
public sealed class AdjustContrast : IntensityTransform
{
    private readonly double _gamma;
    private readonly bool _invert;
    private readonly bool _retainStatistics;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="gamma">The power.</param>
    /// <param name="invert">Whether the image is negated before and after.</param>
    /// <param name="retainStatistics">Whether mean and standard deviation are put back afterwards.</param>
    public AdjustContrast(TransformKeys keys, double gamma, bool invert, bool retainStatistics)
        : base(keys, channelWise: false)
    {
        _gamma = gamma;
        _invert = invert;
        _retainStatistics = retainStatistics;
    }

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context) =>
        PointOperations.AdjustContrast(samples, _gamma, _invert, _retainStatistics, context.Parallel);

    internal static AdjustContrast Create(TransformArguments arguments) => new(
        arguments.Keys,
        arguments.Require("gamma", ArgumentKinds.Real, 1),
        arguments.Get("invert_image", ArgumentKinds.Boolean, false),
        arguments.Get("retain_stats", ArgumentKinds.Boolean, false));
}
