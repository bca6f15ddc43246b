using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>A size as bundles write it: one number for all axes or one per axis; numbers that are not positive mean the image's own size.</summary>
public sealed class SizeArgument
{
    private readonly int[] _values;

    /// <summary>Takes the numbers as written.</summary>
    /// <exception cref="ArgumentException">There is no number or more than three.</exception>
    public SizeArgument(IReadOnlyList<int> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count is < 1 or > 3)
        {
            throw new ArgumentException($"A size has one to three numbers, not {values.Count}.", nameof(values));
        }

        _values = [.. values];
    }

    /// <summary>The size for an image. Two numbers are for a 2-D image: its k stays.</summary>
    public GridSize For(GridSize image) => new(At(0, image.I), At(1, image.J), At(2, image.K));

    /// <summary>Reads a size.</summary>
    internal static SizeArgument Read(TransformArguments arguments, string name, bool required = true)
    {
        var values = required ? arguments.Require(name, ArgumentKinds.Integers, [-1]) : arguments.Get(name, ArgumentKinds.OrNull(ArgumentKinds.Integers), null) ?? [-1];
        if (values.Count is >= 1 and <= 3)
        {
            return new SizeArgument(values);
        }

        arguments.Problem(name, $"expected one to three whole numbers, found {values.Count}");
        return new SizeArgument([-1]);
    }

    private int At(int axis, int own)
    {
        var value = _values.Length == 1 ? _values[0] : axis < _values.Length ? _values[axis] : -1;
        return value > 0 ? value : own;
    }
}
