using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Rotates, shears, shifts and scales about the image's centre, in voxels (MONAI's <c>Affined</c>).</summary>
public sealed class AffineTransform : KeyedTransform, IInvertibleTransform
{
    private readonly Affine _matrix;
    private readonly SizeArgument _size;
    private readonly PerKey<ResampleOptions> _options;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="matrix">From new to old coordinates, both counted in voxels from the centres.</param>
    /// <param name="size">The new size.</param>
    /// <param name="options">For each key how it is resampled.</param>
    public AffineTransform(TransformKeys keys, Affine matrix, SizeArgument size, PerKey<ResampleOptions> options)
        : base(keys)
    {
        _matrix = matrix;
        _size = size;
        _options = options;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        var before = item.Grid;
        var size = _size.For(before.Size);
        var toBefore = CentredAffine.AboutCentres(_matrix, before.Size, size);
        var after = new VolumeGrid(size, before.Affine * toBefore);
        item.Replace(GridResampler.Resample(item.View, after, toBefore, _options[index], context.Parallel));
        item.Record(new MappedOperation("Affine", before, after, toBefore, _options[index]));
    }

    internal static AffineTransform Create(TransformArguments arguments)
    {
        var none = ArgumentKinds.OrNull(ArgumentKinds.Reals);
        var rotation = arguments.Get("rotate_params", none, null);
        var shear = arguments.Get("shear_params", none, null);
        var shift = arguments.Get("translate_params", none, null);
        var scale = arguments.Get("scale_params", none, null);
        double At(IReadOnlyList<double>? values, int n, double missing) => values is not null && n < values.Count ? values[n] : missing;
        var matrix = CentredAffine.Rotation(rotation ?? []) * CentredAffine.Shear(shear ?? []) *
            Affine.Translation(At(shift, 0, 0), At(shift, 1, 0), At(shift, 2, 0)) * Affine.Scaling(At(scale, 0, 1), At(scale, 1, 1), At(scale, 2, 1));
        return new AffineTransform(
            arguments.Keys,
            ReadMatrix(arguments) ?? matrix,
            SizeArgument.Read(arguments, "spatial_size", required: false),
            ResampleArguments.Read(arguments, Interpolation.Linear, OutOfBounds.Reflection));
    }

    private static Affine? ReadMatrix(TransformArguments arguments)
    {
        var rows = arguments.Get("affine", ArgumentKinds.OrNull(ArgumentKinds.Any), null);
        if (rows is null or ConfigValue.Null)
        {
            return null;
        }

        if (rows is ConfigValue.List { Items.Count: 3 or 4 } list
            && list.Items.All(r => ArgumentKinds.Reals.TryParse(r, out var values) && values.Count is 3 or 4))
        {
            double[][] values = [.. list.Items.Select(r => ArgumentKinds.Reals.TryParse(r, out var v) ? v.ToArray() : [])];
            double At(int row, int column) => column < values[row].Length ? values[row][column] : 0;
            return new Affine(At(0, 0), At(0, 1), At(0, 2), At(0, 3), At(1, 0), At(1, 1), At(1, 2), At(1, 3), At(2, 0), At(2, 1), At(2, 2), At(2, 3));
        }

        arguments.Problem("affine", "expected three or four rows of three or four numbers");
        return null;
    }
}
