using LabelServer.Imaging.Intensity;
using LabelServer.Inference.Transforms;
using LabelServer.Inference.Transforms.Intensity;

namespace LabelServer.Learning.Sampling;

/// <summary>Smooths with a Gaussian of drawn widths (MONAI's <c>RandGaussianSmoothd</c>).</summary>
public sealed class RandGaussianSmooth : RandomTransform
{
    private readonly ValueRange[] _sigma;
    private readonly GaussianApproximation _approximation;

    /// <summary>Creates the change.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="sigma">Standard deviations in voxels along i, j and k.</param>
    /// <param name="approximation">How the weights are made.</param>
    public RandGaussianSmooth(TransformKeys keys, double probability, IReadOnlyList<ValueRange> sigma, GaussianApproximation approximation)
        : base(keys, probability)
    {
        _sigma = [.. sigma];
        _approximation = approximation;
    }

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random)
    {
        var sigma = AxisRanges.Draw(_sigma, random);
        foreach (var (item, _) in Keys.In(sample))
        {
            GaussianFilter.Apply(item.GetFloat(context), sigma, _approximation, context.Parallel);
        }
    }

    internal static RandGaussianSmooth Create(TransformArguments arguments) => new(
        arguments.Keys,
        arguments.Get("prob", ArgumentKinds.Real, 0.1),
        [Sigma(arguments, "sigma_x"), Sigma(arguments, "sigma_y"), Sigma(arguments, "sigma_z")],
        SigmaArgument.Approximation(arguments));

    private static ValueRange Sigma(TransformArguments arguments, string name) => ValueRange.Read(arguments, name, 0.25, 1.5, s => (s, s));
}
