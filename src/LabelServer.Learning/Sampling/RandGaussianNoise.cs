using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Adds normal noise (MONAI's <c>RandGaussianNoised</c>). By default the standard deviation is itself drawn between 0 and the given one.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/intensity/array.py (RandGaussianNoise). Golden: sampling/RandGaussianNoised_*.</remarks>
public sealed class RandGaussianNoise : RandomTransform
{
    private readonly PerKey<double> _mean;
    private readonly double _deviation;
    private readonly bool _drawDeviation;

    /// <summary>Creates the noise.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="mean">The mean, for each key.</param>
    /// <param name="deviation">The (largest) standard deviation.</param>
    /// <param name="drawDeviation">Whether the deviation is drawn (sample_std).</param>
    public RandGaussianNoise(TransformKeys keys, double probability, PerKey<double> mean, double deviation, bool drawDeviation = true)
        : base(keys, probability)
    {
        _mean = mean;
        _deviation = deviation;
        _drawDeviation = drawDeviation;
    }

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random)
    {
        var deviation = _drawDeviation ? Uniform(random, 0, _deviation) : _deviation;
        foreach (var (item, index) in Keys.In(sample))
        {
            var samples = item.GetFloat(context).Samples;
            for (var at = 0; at < samples.Length; at += 2)
            {
                // Box and Muller 1958: two independent normal numbers of two even ones; 1 - u keeps the logarithm finite.
                var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * deviation;
                var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
                samples[at] += (float)(_mean[index] + (radius * cosine));
                if (at + 1 < samples.Length)
                {
                    samples[at + 1] += (float)(_mean[index] + (radius * sine));
                }
            }
        }
    }

    internal static RandGaussianNoise Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        return new(
            arguments.Keys,
            arguments.Get("prob", ArgumentKinds.Real, 0.1),
            arguments.GetPerKey("mean", ArgumentKinds.Real, 0),
            arguments.Get("std", ArgumentKinds.Real, 0.1),
            arguments.Get("sample_std", ArgumentKinds.Boolean, true));
    }
}
