using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Makes all intensities about equally frequent (MONAI's <c>HistogramNormalized</c>).</summary>
public sealed class HistogramNormalize : KeyedTransform
{
    private readonly int _bins;
    private readonly double _minimum;
    private readonly double _maximum;
    private readonly string? _maskKey;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="bins">The number of bins.</param>
    /// <param name="minimum">The new smallest value.</param>
    /// <param name="maximum">The new largest value.</param>
    /// <param name="maskKey">An item of the same shape; only where it is not 0 is counted. Null counts all.</param>
    public HistogramNormalize(TransformKeys keys, int bins, double minimum, double maximum, string? maskKey)
        : base(keys)
    {
        _bins = bins;
        _minimum = minimum;
        _maximum = maximum;
        _maskKey = maskKey;
    }

    /// <inheritdoc/>
    public override void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(context);
        var mask = _maskKey is null ? null : sample[_maskKey].GetFloat(context);
        foreach (var (item, _) in Keys.In(sample))
        {
            var image = item.GetFloat(context);
            if (mask is not null && mask.Samples.Length != image.Samples.Length)
            {
                throw new TransformException($"The mask '{_maskKey}' does not have the shape of '{item.Name}'.");
            }

            HistogramEqualisation.Apply(image.Memory, mask?.Memory, _bins, _minimum, _maximum, context.Parallel);
        }
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context) => throw new NotSupportedException("HistogramNormalize needs the whole sample.");

    internal static HistogramNormalize Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        if (arguments.Has("mask"))
        {
            arguments.Problem("mask", "is not supported; name an item with mask_key");
        }

        var bins = arguments.Get("num_bins", ArgumentKinds.Integer, 256);
        if (bins is < 1 or > 1_000_000)
        {
            arguments.Problem("num_bins", "expected 1 to 1000000");
            bins = 256;
        }

        return new HistogramNormalize(
            arguments.Keys,
            bins,
            arguments.Get("min", ArgumentKinds.Real, 0),
            arguments.Get("max", ArgumentKinds.Real, 255),
            arguments.Get("mask_key", ArgumentKinds.OrNull(ArgumentKinds.Text), null));
    }
}
