using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Adds an offset (MONAI's <c>ShiftIntensityd</c>).</summary>
public sealed class ShiftIntensity : IntensityTransform
{
    private readonly double _offset;

    /// <summary>Creates the step.</summary>
    public ShiftIntensity(TransformKeys keys, double offset)
        : base(keys, channelWise: false) => _offset = offset;

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context) => Rescaling.Add(samples, _offset, context.Parallel);

    internal static ShiftIntensity Create(TransformArguments arguments)
    {
        arguments.Ignore("safe", "factor_key", "meta_keys", "meta_key_postfix");
        return new ShiftIntensity(arguments.Keys, arguments.Require("offset", ArgumentKinds.Real, 0));
    }
}
