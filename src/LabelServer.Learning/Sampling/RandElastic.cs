using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Intensity;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Learning.Sampling;

/// <summary>Shifts each voxel by a smooth random vector and then changes the whole as <see cref="RandAffine"/> does (MONAI's <c>Rand3DElasticd</c>).</summary>
/// <remarks>
/// Simard et al. 2003, "Best practices for convolutional neural networks". Source: MONAI@d388d1c6 monai/transforms/spatial/array.py (Rand3DElastic): even noise from −1 to 1 is smoothed
/// with a Gaussian cut off at three deviations and multiplied by the magnitude. Where it does not happen, a given size is still cut or padded to. Golden: transforms/Rand3DElastic_given_*.
/// </remarks>
public sealed class RandElastic : ITransform
{
    private const double Truncation = 3;
    private readonly TransformKeys _keys;
    private readonly double _probability;
    private readonly ValueRange _sigma;
    private readonly ValueRange _magnitude;
    private readonly AffineRanges _ranges;
    private readonly SizeArgument _size;
    private readonly PerKey<ResampleOptions> _options;

    private RandElastic(
        TransformKeys keys, double probability, ValueRange sigma, ValueRange magnitude, AffineRanges ranges, SizeArgument size, PerKey<ResampleOptions> options)
    {
        _keys = keys;
        _probability = probability;
        _sigma = sigma;
        _magnitude = magnitude;
        _ranges = ranges;
        _size = size;
        _options = options;
    }

    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
        var random = RandomTransform.RandomOf(context, nameof(RandElastic));
        Volume<float>? field = null;
        try
        {
            var happens = random.NextDouble() < _probability;
            var matrix = Affine.Identity;
            foreach (var (item, index) in _keys.In(sample))
            {
                var before = item.Grid;
                var size = _size.For(before.Size);
                if (happens && field is null)
                {
                    matrix = _ranges.Draw(random).Matrix;
                    field = Draw(size, random, context.Parallel);
                }

                var toBefore = CentredAffine.AboutCentres(matrix, before.Size, size);
                var grid = new VolumeGrid(size, before.Affine * toBefore);
                if (field is not null)
                {
                    item.Replace(new VolumeView(FieldResampler.Resample(item.View, grid, field, toBefore, _options[index], context.Parallel)));
                }
                else if (size != before.Size)
                {
                    item.Replace(GridResampler.Resample(item.View, grid, toBefore, _options[index], context.Parallel));
                }
            }
        }
        finally
        {
            field?.Dispose();
        }
    }

    /// <summary>Smooths noise in place and scales it: the displacement in voxels.</summary>
    /// <param name="noise">Three channels from −1 to 1.</param>
    /// <param name="sigma">Deviation of the Gaussian in voxels.</param>
    /// <param name="magnitude">What the smoothed noise is multiplied by.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    internal static void Smooth(Volume<float> noise, double sigma, double magnitude, ParallelOptions parallel)
    {
        var weights = GaussianKernel.Weights(sigma, GaussianApproximation.ErrorFunction, Truncation);
        for (var axis = 0; axis < 3; axis++)
        {
            GaussianFilter.Convolve(noise, axis, weights, parallel);
        }

        System.Numerics.Tensors.TensorPrimitives.Multiply(noise.Samples, (float)magnitude, noise.Samples);
    }

    internal static RandElastic Create(TransformArguments arguments)
    {
        arguments.Ignore("as_tensor_output");
        return new(
            arguments.Keys,
            arguments.Get("prob", ArgumentKinds.Real, 0.1),
            Pair(arguments, "sigma_range"),
            Pair(arguments, "magnitude_range"),
            AffineRanges.Read(arguments),
            SizeArgument.Read(arguments, "spatial_size", required: false),
            ResampleArguments.Read(arguments, Interpolation.Linear, OutOfBounds.Reflection));
    }

    private Volume<float> Draw(GridSize size, Random random, ParallelOptions parallel)
    {
        var (sigma, magnitude) = (_sigma.Draw(random), _magnitude.Draw(random));
        var field = new Volume<float>(new VolumeGrid(size, Affine.Identity), 3, clear: false);
        try
        {
            foreach (ref var value in field.Samples)
            {
                value = (float)((2 * random.NextDouble()) - 1);
            }

            Smooth(field, sigma, magnitude, parallel);
            return field;
        }
        catch
        {
            field.Dispose();
            throw;
        }
    }

    private static ValueRange Pair(TransformArguments arguments, string name)
    {
        var values = arguments.Get(name, ArgumentKinds.Reals, []);
        if (values is [var low, var high] && low >= 0 && high >= low)
        {
            return new(low, high);
        }

        arguments.Problem(name, "needs two numbers, not negative, the smaller one first");
        return new(0, 0);
    }
}
