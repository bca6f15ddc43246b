using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Resampling;
using LabelServer.Inference.Transforms;
using LabelServer.Inference.Transforms.Cropping;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Learning.Sampling;

/// <summary>Scales all keys alike and cuts or pads them back to their size (MONAI's <c>RandZoomd</c>).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/spatial/array.py (RandZoom): one range gives one factor for all axes, two the first two of three axes alike.</remarks>
public sealed class RandZoom : RandomTransform
{
    private readonly double[] _smallest;
    private readonly double[] _largest;
    private readonly bool _keepSize;
    private readonly PerKey<Interpolation> _interpolation;
    private readonly PerKey<PadMode> _padding;
    private readonly PerKey<bool> _alignCorners;

    /// <summary>Creates the change.</summary>
    public RandZoom(
        TransformKeys keys,
        double probability,
        IReadOnlyList<double> smallest,
        IReadOnlyList<double> largest,
        bool keepSize,
        PerKey<Interpolation> interpolation,
        PerKey<PadMode> padding,
        PerKey<bool> alignCorners)
        : base(keys, probability)
    {
        _smallest = [.. smallest];
        _largest = [.. largest];
        _keepSize = keepSize;
        _interpolation = interpolation;
        _padding = padding;
        _alignCorners = alignCorners;
    }

    /// <summary>Draws the factors of the three axes.</summary>
    public double[] Draw(Random random)
    {
        double[] drawn = [.. _smallest.Zip(_largest, (low, high) => Uniform(random, low, high))];
        return drawn switch
        {
            [var one] => [one, one, one],
            [var first, var second] => [first, first, second],
            _ => drawn,
        };
    }

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random) =>
        new Zoom(Keys, Draw(random), _keepSize, _interpolation, _padding, _alignCorners).Apply(sample, context);

    internal static RandZoom Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var smallest = arguments.Get("min_zoom", ArgumentKinds.Reals, [0.9]);
        var largest = arguments.Get("max_zoom", ArgumentKinds.Reals, [1.1]);
        if (smallest.Count != largest.Count || smallest.Count is < 1 or > 3 || smallest.Any(f => f <= 0))
        {
            arguments.Problem("min_zoom", "min_zoom and max_zoom need one to three positive factors each");
            (smallest, largest) = ([1], [1]);
        }

        var corners = arguments.GetPerKey("align_corners", ArgumentKinds.OrNone(ArgumentKinds.Boolean), null);
        var count = Math.Max(arguments.Keys.Names?.Count ?? 1, 1);
        return new(
            arguments.Keys,
            arguments.Get("prob", ArgumentKinds.Real, 0.1),
            smallest,
            largest,
            arguments.Get("keep_size", ArgumentKinds.Boolean, true),
            arguments.GetPerKey("mode", ResampleArguments.ResizeMode, Interpolation.Area),
            arguments.GetPerKey("padding_mode", PadArguments.Mode, PadMode.Edge),
            new PerKey<bool>(Enumerable.Range(0, count).Select(i => corners[i] ?? false)));
    }
}
