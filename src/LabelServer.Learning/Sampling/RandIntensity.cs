using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Multiplies intensities by 1 + f (MONAI's <c>RandScaleIntensityd</c>) or adds an offset (<c>RandShiftIntensityd</c>), drawn from a range.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/intensity/array.py. Golden: sampling/RandScaleIntensityd_*, RandShiftIntensityd_*.</remarks>
public sealed class RandIntensity : RandomTransform
{
    private readonly ValueRange _range;
    private readonly bool _scale;
    private readonly bool _perChannel;

    /// <summary>Creates the change.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="range">What is drawn from.</param>
    /// <param name="scale">True: multiply by 1 + f; false: add.</param>
    /// <param name="perChannel">Whether each channel has its own number.</param>
    public RandIntensity(TransformKeys keys, double probability, ValueRange range, bool scale, bool perChannel = false)
        : base(keys, probability)
    {
        _range = range;
        _scale = scale;
        _perChannel = perChannel;
    }

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random)
    {
        var drawn = new List<double>();
        foreach (var (item, _) in Keys.In(sample))
        {
            var volume = item.GetFloat(context);
            for (var c = 0; c < volume.Channels; c++)
            {
                if (drawn.Count <= (_perChannel ? c : 0))
                {
                    drawn.Add(_range.Draw(random));
                }

                Change(volume, c, (float)drawn[_perChannel ? c : 0]);
            }
        }
    }

    internal static RandIntensity CreateScale(TransformArguments arguments) => Create(arguments, "factors", scale: true);

    internal static RandIntensity CreateShift(TransformArguments arguments)
    {
        arguments.Ignore("safe", "factor_key", "meta_keys", "meta_key_postfix");
        return Create(arguments, "offsets", scale: false);
    }

    private static RandIntensity Create(TransformArguments arguments, string name, bool scale)
    {
        if (!arguments.Has(name))
        {
            arguments.Problem(name, "is missing; expected a number or a pair");
        }

        arguments.Ignore("dtype");
        return new(
            arguments.Keys,
            arguments.Get("prob", ArgumentKinds.Real, 0.1),
            ValueRange.Symmetric(arguments, name, 0),
            scale,
            arguments.Get("channel_wise", ArgumentKinds.Boolean, false));
    }

    private void Change(Volume<float> volume, int channel, float number)
    {
        foreach (ref var value in volume.Channel(channel))
        {
            value = _scale ? value * (1 + number) : value + number;
        }
    }
}
