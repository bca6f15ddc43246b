using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Resampling;

/// <summary>Maps a voxel index of a target grid to the continuous voxel index of a source grid, bit for bit as torch's <c>affine_grid</c> and <c>grid_sample</c> do in float64.</summary>
/// <remarks>
/// <para>Shape: indices are (i, j, k). A voxel's centre is its integer index. The mapping itself is an affine, but torch takes it through coordinates normalised to [-1, 1]; the
/// rounding on that way decides which voxel is nearest when two are equally far, which is every second voxel when a grid is refined by two. So the same way is taken here.</para>
/// <para>Source: MONAI monai/networks/layers/spatial_transforms.py (AffineTransform), monai/networks/utils.py (to_norm_affine); PyTorch aten/src/ATen/native/AffineGridGenerator.cpp,
/// GridSamplerUtils.h. The order of all sums is theirs.</para>
/// </remarks>
internal sealed class GridMapping
{
    private const double TieMargin = 1e-7;
    private readonly double[][] _base = new double[3][];
    private readonly double[] _theta = new double[12];
    private readonly GridSize _source;
    private readonly bool _alignCorners;

    /// <summary>Prepares a mapping.</summary>
    /// <param name="source">Size of the grid that is read.</param>
    /// <param name="target">Size of the grid that is filled.</param>
    /// <param name="toSource">From target index to source index.</param>
    /// <param name="alignCorners">torch's align_corners.</param>
    public GridMapping(GridSize source, GridSize target, Affine toSource, bool alignCorners)
    {
        _source = source;
        _alignCorners = alignCorners;
        for (var row = 0; row < 3; row++)
        {
            var (scale, shift) = Normalisation(source[row], alignCorners);
            var offset = 0.0;
            for (var column = 0; column < 3; column++)
            {
                var entry = scale * toSource[row, column];
                var (targetScale, targetShift) = Normalisation(target[column], alignCorners);
                var inverse = 1 / targetScale;
                _theta[(row * 4) + column] = entry * inverse;
                offset += entry * (-targetShift * inverse);
            }

            _theta[(row * 4) + 3] = offset + ((scale * toSource[row, 3]) + shift);
            _base[row] = BaseCoordinates(target[row], alignCorners);
        }
    }

    /// <summary>True when each source axis depends on the same target axis only, to within what moves no voxel by more than 1e-9.</summary>
    public static bool IsSeparable(Affine toSource, GridSize target)
    {
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                if (row != column && Math.Abs(toSource[row, column]) * target[column] > 1e-9)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The source positions along one axis of a separable mapping.</summary>
    public double[] Positions(int axis)
    {
        var coordinates = _base[axis];
        var positions = new double[coordinates.Length];
        for (var n = 0; n < positions.Length; n++)
        {
            positions[n] = Unnormalise((coordinates[n] * _theta[(axis * 4) + axis]) + _theta[(axis * 4) + 3], axis);
        }

        return positions;
    }

    /// <summary>
    /// True when a position along the axis is half-way between two voxels, so that what the other axes add in the last bit decides which is nearest. The table of
    /// <see cref="Positions"/> does not know that; each voxel has to be mapped alone.
    /// </summary>
    public bool HasUndecidedTies(int axis, ReadOnlySpan<double> positions)
    {
        var mixed = false;
        for (var other = 0; other < 3; other++)
        {
            mixed |= other != axis && _theta[(axis * 4) + other] != 0;
        }

        foreach (var position in positions)
        {
            if (mixed && Math.Abs(position - Math.Floor(position) - 0.5) < TieMargin)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The source position along <paramref name="axis"/> of target voxel (i, j, k).</summary>
    public double Position(int axis, int i, int j, int k)
    {
        // torch's x is our k: its coordinates run over the axes from the last to the first.
        var row = axis * 4;
        var value = _base[2][k] * _theta[row + 2];
        value += _base[1][j] * _theta[row + 1];
        value += _base[0][i] * _theta[row];
        return Unnormalise(value + _theta[row + 3], axis);
    }

    // From voxel indices to [-1, 1]: centres of the border voxels with align_corners, else their outer edges.
    private static (double Scale, double Shift) Normalisation(int size, bool alignCorners) => alignCorners
        ? (2.0 / ((size <= 1 ? 2.0 : size) - 1.0), -1.0)
        : (2.0 / size, (1.0 / size) - 1.0);

    private static double[] BaseCoordinates(int length, bool alignCorners)
    {
        var values = new double[length];
        if (length == 1)
        {
            return values;
        }

        var step = 2.0 / (length - 1);
        for (var n = 0; n < length; n++)
        {
            // torch's linspace runs from both ends and fuses product and sum.
            var value = n < length / 2 ? Math.FusedMultiplyAdd(step, n, -1) : Math.FusedMultiplyAdd(-step, length - n - 1, 1);
            values[n] = alignCorners ? value : value * (length - 1) / length;
        }

        return values;
    }

    private double Unnormalise(double coordinate, int axis) =>
        _alignCorners ? (coordinate + 1) / 2 * (_source[axis] - 1) : (((coordinate + 1) * _source[axis]) - 1) / 2;
}
