using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Rotates about the image's centre, in voxels (MONAI's <c>Rotated</c>).</summary>
public sealed class Rotate : KeyedTransform, IInvertibleTransform
{
    private readonly double[] _angles;
    private readonly bool _keepSize;
    private readonly PerKey<ResampleOptions> _options;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="angles">Radians about i, j and k.</param>
    /// <param name="keepSize">Whether the size stays; otherwise it grows to hold the turned image.</param>
    /// <param name="options">For each key how it is resampled.</param>
    public Rotate(TransformKeys keys, IReadOnlyList<double> angles, bool keepSize, PerKey<ResampleOptions> options)
        : base(keys)
    {
        _angles = [.. angles];
        _keepSize = keepSize;
        _options = options;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        var before = item.Grid;
        var rotation = CentredAffine.Rotation(_angles);
        var size = _keepSize ? before.Size : GrownSize(before.Size, rotation);
        var toBefore = CentredAffine.AboutCentres(rotation, before.Size, size);
        var after = new VolumeGrid(size, before.Affine * toBefore);
        item.Replace(GridResampler.Resample(item.View, after, toBefore, _options[index], context.Parallel));
        item.Record(new MappedOperation("Rotate", before, after, toBefore, _options[index]));
    }

    internal static Rotate Create(TransformArguments arguments)
    {
        var angles = arguments.Require("angle", ArgumentKinds.Reals, [0]);
        if (angles.Count is not (1 or 3))
        {
            arguments.Problem("angle", "expected one angle or three, in radians");
        }

        return new Rotate(
            arguments.Keys,
            angles.Count == 3 ? angles : [angles[0], angles[0], angles[0]],
            arguments.Get("keep_size", ArgumentKinds.Boolean, true),
            ResampleArguments.Read(arguments, Interpolation.Linear, OutOfBounds.Border));
    }

    private static GridSize GrownSize(GridSize size, Affine rotation)
    {
        Span<double> low = stackalloc double[3], high = stackalloc double[3];
        for (var corner = 0; corner < 8; corner++)
        {
            var (x, y, z) = rotation.Apply((corner & 1) * size.I, ((corner >> 1) & 1) * size.J, (corner >> 2) * size.K);
            ReadOnlySpan<double> at = [x, y, z];
            for (var axis = 0; axis < 3; axis++)
            {
                (low[axis], high[axis]) = (Math.Min(low[axis], at[axis]), Math.Max(high[axis], at[axis]));
            }
        }

        return new GridSize((int)(high[0] - low[0] + 0.5), (int)(high[1] - low[1] + 0.5), (int)(high[2] - low[2] + 0.5));
    }
}
