using System.Numerics.Tensors;
using LabelServer.Imaging.Intensity;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Smooths, then adds back a multiple of what a second smoothing takes away (MONAI's <c>GaussianSharpend</c>).</summary>
public sealed class GaussianSharpen : KeyedTransform
{
    private readonly IReadOnlyList<double> _first;
    private readonly IReadOnlyList<double> _second;
    private readonly double _alpha;
    private readonly GaussianApproximation _approximation;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="first">Standard deviation of the first smoothing, in voxels.</param>
    /// <param name="second">Standard deviation of the second.</param>
    /// <param name="alpha">The multiple.</param>
    /// <param name="approximation">How the weights are made.</param>
    public GaussianSharpen(TransformKeys keys, IReadOnlyList<double> first, IReadOnlyList<double> second, double alpha, GaussianApproximation approximation)
        : base(keys)
    {
        _first = first;
        _second = second;
        _alpha = alpha;
        _approximation = approximation;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        var blurred = item.GetFloat(context);
        GaussianFilter.Apply(blurred, _first, _approximation, context.Parallel);
        using var twice = (Volume<float>)SampleConversion.Convert(blurred, SampleType.Float32, context.Parallel);
        GaussianFilter.Apply(twice, _second, _approximation, context.Parallel);
        context.CancellationToken.ThrowIfCancellationRequested();
        TensorPrimitives.Subtract(blurred.Samples, twice.Samples, twice.Samples);
        TensorPrimitives.MultiplyAdd(twice.Samples, (float)_alpha, blurred.Samples, blurred.Samples);
    }

    internal static GaussianSharpen Create(TransformArguments arguments) => new(
        arguments.Keys,
        SigmaArgument.Read(arguments, "sigma1", 3),
        SigmaArgument.Read(arguments, "sigma2", 1),
        arguments.Get("alpha", ArgumentKinds.Real, 30),
        SigmaArgument.Approximation(arguments));
}
