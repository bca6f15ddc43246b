using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Inference.Transforms.Cropping;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Scales by factors and, unless told otherwise, crops or pads back to the old size (MONAI's <c>Zoomd</c>).</summary>
public sealed class Zoom : KeyedTransform, IInvertibleTransform
{
    private readonly double[] _factors;
    private readonly bool _keepSize;
    private readonly PerKey<Interpolation> _interpolation;
    private readonly PerKey<PadMode> _padding;
    private readonly PerKey<bool> _alignCorners;
    private readonly double _fill;

    /// <summary>Creates the step.</summary>
    public Zoom(
        TransformKeys keys, IReadOnlyList<double> factors, bool keepSize, PerKey<Interpolation> interpolation, PerKey<PadMode> padding, PerKey<bool> alignCorners, double fill = 0)
        : base(keys)
    {
        _factors = [.. factors];
        _keepSize = keepSize;
        _interpolation = interpolation;
        _padding = padding;
        _alignCorners = alignCorners;
        _fill = fill;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        var before = item.Grid;
        var size = new GridSize(Scaled(before.Size.I, 0), Scaled(before.Size.J, 1), Scaled(before.Size.K, 2));
        var zoomed = new VolumeGrid(size, size == before.Size ? before.Affine : before.Affine * SpacingPlan.ScaleBetween(before.Size, size, _alignCorners[index]));
        item.Replace(Resizer.Resize(item.View, zoomed, _interpolation[index], _alignCorners[index], context.Parallel));
        item.Record(new ResizeOperation("Zoom", before, zoomed, _interpolation[index], _alignCorners[index]));
        if (_keepSize && size != before.Size)
        {
            var (start, box) = ResizeWithPadOrCrop.BoxOf(size, before.Size, atEnd: false);
            BoxTransform.Cut(item, "Zoom", start, box, _padding[index], _fill, context);
        }
    }

    internal static Zoom Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var factors = arguments.Require("zoom", ArgumentKinds.Reals, [1]);
        if (factors.Count is not (1 or 3) || factors.Any(f => f <= 0))
        {
            arguments.Problem("zoom", "expected one or three positive factors");
            factors = [1];
        }

        var corners = arguments.GetPerKey("align_corners", ArgumentKinds.OrNone(ArgumentKinds.Boolean), null);
        var count = Math.Max(arguments.Keys.Names?.Count ?? 1, 1);
        return new Zoom(
            arguments.Keys,
            factors.Count == 3 ? factors : [factors[0], factors[0], factors[0]],
            arguments.Get("keep_size", ArgumentKinds.Boolean, true),
            arguments.GetPerKey("mode", ResampleArguments.ResizeMode, Interpolation.Area),
            arguments.GetPerKey("padding_mode", PadArguments.Mode, PadMode.Edge),
            new PerKey<bool>(Enumerable.Range(0, count).Select(i => corners[i] ?? false)),
            PadArguments.Value(arguments));
    }

    private int Scaled(int size, int axis) => (int)Math.Floor(size * _factors[axis]);
}
