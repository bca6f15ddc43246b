using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Raises intensities, scaled to 0…1, to a drawn power (MONAI's <c>RandAdjustContrastd</c>).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/intensity/array.py (AdjustContrast). The deviation is the sample's (n − 1), as PyTorch's.</remarks>
public sealed class RandAdjustContrast : RandomTransform
{
    private readonly ValueRange _gamma;
    private readonly bool _invert;
    private readonly bool _keepStatistics;

    /// <summary>Creates the change.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="gamma">The powers.</param>
    /// <param name="invert">Whether intensities are negated before and after (invert_image).</param>
    /// <param name="keepStatistics">Whether mean and deviation are restored (retain_stats).</param>
    public RandAdjustContrast(TransformKeys keys, double probability, ValueRange gamma, bool invert = false, bool keepStatistics = false)
        : base(keys, probability)
    {
        _gamma = gamma;
        _invert = invert;
        _keepStatistics = keepStatistics;
    }

    /// <summary>Changes intensities in place by a given power.</summary>
    public static void Adjust(Span<float> samples, double gamma, bool invert, bool keepStatistics)
    {
        if (invert)
        {
            Scale(samples, -1, 0);
        }

        var (mean, deviation) = keepStatistics ? Statistics(samples) : default;
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var value in samples)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        var range = high - low;
        foreach (ref var value in samples)
        {
            value = (MathF.Pow((value - low) / (range + 1e-7f), (float)gamma) * range) + low;
        }

        if (keepStatistics)
        {
            var (newMean, newDeviation) = Statistics(samples);
            var factor = deviation / (newDeviation + 1e-8);
            Scale(samples, factor, mean - (newMean * factor));
        }

        if (invert)
        {
            Scale(samples, -1, 0);
        }
    }

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random)
    {
        var gamma = _gamma.Draw(random);
        foreach (var (item, _) in Keys.In(sample))
        {
            Adjust(item.GetFloat(context).Samples, gamma, _invert, _keepStatistics);
        }
    }

    internal static RandAdjustContrast Create(TransformArguments arguments) => new(
        arguments.Keys,
        arguments.Get("prob", ArgumentKinds.Real, 0.1),
        ValueRange.Read(arguments, "gamma", 0.5, 4.5, g => (0.5, g)),
        arguments.Get("invert_image", ArgumentKinds.Boolean, false),
        arguments.Get("retain_stats", ArgumentKinds.Boolean, false));

    private static void Scale(Span<float> samples, double factor, double offset)
    {
        foreach (ref var value in samples)
        {
            value = (float)((value * factor) + offset);
        }
    }

    private static (double Mean, double Deviation) Statistics(ReadOnlySpan<float> samples)
    {
        double sum = 0, squares = 0;
        foreach (var value in samples)
        {
            sum += value;
        }

        var mean = sum / samples.Length;
        foreach (var value in samples)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, Math.Sqrt(squares / Math.Max(1, samples.Length - 1)));
    }
}
