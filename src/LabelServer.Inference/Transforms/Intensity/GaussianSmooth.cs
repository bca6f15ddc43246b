using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Smooths with a Gaussian (MONAI's <c>GaussianSmoothd</c>).</summary>
public sealed class GaussianSmooth : KeyedTransform
{
    private readonly IReadOnlyList<double> _sigma;
    private readonly GaussianApproximation _approximation;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="sigma">Standard deviation in voxels, one or one for each axis.</param>
    /// <param name="approximation">How the weights are made.</param>
    public GaussianSmooth(TransformKeys keys, IReadOnlyList<double> sigma, GaussianApproximation approximation)
        : base(keys)
    {
        _sigma = sigma;
        _approximation = approximation;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        GaussianFilter.Apply(item.GetFloat(context), _sigma, _approximation, context.Parallel);
    }

    internal static GaussianSmooth Create(TransformArguments arguments) =>
        new(arguments.Keys, SigmaArgument.Read(arguments, "sigma", 1), SigmaArgument.Approximation(arguments));
}
