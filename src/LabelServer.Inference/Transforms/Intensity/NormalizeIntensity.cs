using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Takes the mean away and divides by the standard deviation, or by given numbers (MONAI's <c>NormalizeIntensityd</c>).</summary>
public sealed class NormalizeIntensity : IntensityTransform
{
    private readonly IReadOnlyList<double>? _subtrahend;
    private readonly IReadOnlyList<double>? _divisor;
    private readonly bool _nonzero;
    private readonly bool _channelWise;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="subtrahend">What is taken away (channel-wise: one for each channel); null for the mean.</param>
    /// <param name="divisor">What is divided by; null for the standard deviation.</param>
    /// <param name="nonzero">Whether zeros do not count and stay.</param>
    /// <param name="channelWise">Whether each channel stands for itself.</param>
    public NormalizeIntensity(TransformKeys keys, IReadOnlyList<double>? subtrahend, IReadOnlyList<double>? divisor, bool nonzero, bool channelWise)
        : base(keys, channelWise)
    {
        _subtrahend = subtrahend;
        _divisor = divisor;
        _nonzero = nonzero;
        _channelWise = channelWise;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        Check("subtrahend", _subtrahend, item);
        Check("divisor", _divisor, item);
        base.Apply(item, index, context);
    }

    /// <inheritdoc/>
    protected override void Change(Memory<float> samples, int channel, TransformContext context) =>
        Rescaling.Normalise(samples, _subtrahend?[channel], _divisor?[channel], _nonzero, context.Parallel);

    internal static NormalizeIntensity Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var channelWise = arguments.Get("channel_wise", ArgumentKinds.Boolean, false);
        var subtrahend = arguments.Get("subtrahend", ArgumentKinds.OrNull(ArgumentKinds.Reals), null);
        var divisor = arguments.Get("divisor", ArgumentKinds.OrNull(ArgumentKinds.Reals), null);
        foreach (var (name, values) in new[] { ("subtrahend", subtrahend), ("divisor", divisor) })
        {
            if (!channelWise && values is not null && values.Count != 1)
            {
                arguments.Problem(name, "several numbers need channel_wise");
            }
        }

        return new NormalizeIntensity(arguments.Keys, subtrahend, divisor, arguments.Get("nonzero", ArgumentKinds.Boolean, false), channelWise);
    }

    private void Check(string name, IReadOnlyList<double>? values, SampleItem item)
    {
        if (_channelWise && values is not null && values.Count != item.Channels)
        {
            throw new TransformException($"'{item.Name}' has {item.Channels} channels, but {name} has {values.Count} numbers.");
        }
    }
}
