using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Inference.Transforms;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Learning.Sampling;

/// <summary>Rotates, shears, shifts and scales all keys alike about their centre (MONAI's <c>RandAffined</c>, and <c>RandRotated</c> for rotations alone).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/spatial/array.py (RandAffine, RandRotate). Where it does not happen, a given size is still cut or padded to. Golden: sampling/RandAffined_*.</remarks>
public sealed class RandAffine : ITransform
{
    private readonly TransformKeys _keys;
    private readonly double _probability;
    private readonly SizeArgument _size;
    private readonly PerKey<ResampleOptions> _options;

    /// <summary>Creates the change.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="ranges">What is drawn from.</param>
    /// <param name="size">The size of the result (spatial_size).</param>
    /// <param name="options">For each key how it is resampled.</param>
    public RandAffine(TransformKeys keys, double probability, AffineRanges ranges, SizeArgument size, PerKey<ResampleOptions> options)
    {
        _keys = keys;
        _probability = probability;
        Ranges = ranges;
        _size = size;
        _options = options;
    }

    /// <summary>What is drawn from.</summary>
    public AffineRanges Ranges { get; }

    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
        var random = RandomTransform.RandomOf(context, nameof(RandAffine));
        var matrix = random.NextDouble() < _probability ? Ranges.Draw(random).Matrix : Affine.Identity;
        foreach (var (item, index) in _keys.In(sample))
        {
            var before = item.Grid;
            var size = _size.For(before.Size);
            if (matrix != Affine.Identity || size != before.Size)
            {
                var toBefore = CentredAffine.AboutCentres(matrix, before.Size, size);
                item.Replace(GridResampler.Resample(item.View, new VolumeGrid(size, before.Affine * toBefore), toBefore, _options[index], context.Parallel));
            }
        }
    }

    internal static RandAffine Create(TransformArguments arguments)
    {
        arguments.Ignore("cache_grid", "as_tensor_output");
        return new(
            arguments.Keys,
            arguments.Get("prob", ArgumentKinds.Real, 0.1),
            AffineRanges.Read(arguments),
            SizeArgument.Read(arguments, "spatial_size", required: false),
            ResampleArguments.Read(arguments, Interpolation.Linear, OutOfBounds.Reflection));
    }

    internal static RandAffine CreateRotate(TransformArguments arguments)
    {
        if (!arguments.Get("keep_size", ArgumentKinds.Boolean, true))
        {
            arguments.Problem("keep_size", "only true is supported: samples of a batch need one size");
        }

        ValueRange[] angles =
        [
            ValueRange.Symmetric(arguments, "range_x", 0),
            ValueRange.Symmetric(arguments, "range_y", 0),
            ValueRange.Symmetric(arguments, "range_z", 0),
        ];
        return new(
            arguments.Keys,
            arguments.Get("prob", ArgumentKinds.Real, 0.1),
            new AffineRanges(angles, [], [], []),
            new SizeArgument([-1]),
            ResampleArguments.Read(arguments, Interpolation.Linear, OutOfBounds.Border));
    }
}
