using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Resampling;

/// <summary>Puts a volume on another grid.</summary>
/// <remarks>
/// <para>Linear interpolation and splines give float32 whatever the source's number type; nearest neighbour keeps the number type, so that a byte label map stays one and gains no label.
/// All channels are resampled alike.</para>
/// <para>Where the two grids' axes are parallel (also if both are oblique in space) one table per axis is made and whole lines are computed at once; otherwise each voxel is
/// mapped alone.</para>
/// <para>Source of the conventions: MONAI monai/transforms/spatial/functional.py (spatial_resample), torch's grid_sample. Intended differences: none.</para>
/// </remarks>
public static class GridResampler
{
    /// <summary>Grids whose mapping is within this of the identity count as equal (MONAI's AFFINE_TOL).</summary>
    public const double Tolerance = 1e-3;

    /// <summary>Resamples onto a grid by its place in space.</summary>
    /// <param name="source">The samples, possibly turned.</param>
    /// <param name="target">The grid to fill.</param>
    /// <param name="options">Interpolation and what lies outside.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="exactZeros">Whether a linear result is exactly 0 just where MONAI's is; costs time where many values are about 0, and matters only for images that are
    /// normalised without their zeros.</param>
    /// <returns>A new volume that the caller owns; or, when both grids are equal within <see cref="Tolerance"/>, the given view.</returns>
    /// <exception cref="GeometryException">An affine is singular or not finite.</exception>
    public static VolumeView Resample(VolumeView source, VolumeGrid target, ResampleOptions options, ParallelOptions parallel, bool exactZeros = true)
    {
        ArgumentNullException.ThrowIfNull(target);
        var toSource = AffineSolver.Solve(source.Grid.Affine, target.Affine);
        return SameGrid(source.Grid, target, toSource)
            ? source
            : new VolumeView(Resample(source, target, toSource, options, parallel, exactZeros));
    }

    /// <summary>Resamples onto a grid and turns the result's axes, in one pass where the grids' axes are parallel.</summary>
    /// <param name="source">The samples, possibly turned.</param>
    /// <param name="target">The grid to fill, before the turn.</param>
    /// <param name="options">Interpolation and what lies outside.</param>
    /// <param name="turn">How the axes of the result are re-ordered afterwards.</param>
    /// <param name="turned">The grid after the turn: that of <paramref name="turn"/>, exact to the last bit where the caller knows it from before.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A view of a new volume that the caller owns, on the turned grid; or of the given one when nothing but the turn is to do. Every value is the one that
    /// <see cref="Resample(VolumeView, VolumeGrid, ResampleOptions, ParallelOptions, bool)"/> gives; exact zeros are not sought.</returns>
    /// <exception cref="GeometryException">An affine is singular or not finite.</exception>
    public static VolumeView ResampleTurned(VolumeView source, VolumeGrid target, ResampleOptions options, AxisMap turn, VolumeGrid turned, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(turned);
        var toSource = AffineSolver.Solve(source.Grid.Affine, target.Affine);
        var isSame = SameGrid(source.Grid, target, toSource);
        if (!isSame && !turn.IsIdentity && source.Size.VoxelCount > 0 && target.Size.VoxelCount > 0 && GridMapping.IsSeparable(toSource, target.Size))
        {
            // Tables are made for the grid as it was resampled and only then turned, so that half-way points fall as without the turn.
            var mapping = new GridMapping(source.Size, target.Size, toSource, options.AlignCorners);
            var exchanged = new VolumeView(source.Stored, source.Axes.Then(new AxisMap(turn.SourceI, turn.SourceJ, turn.SourceK)));
            if (options.Interpolation == Interpolation.Linear)
            {
                var positions = Turned(Positions(mapping, source.Size, options), turn);
                AxisTaps[] taps = [.. positions.Select((p, axis) => AxisTaps.Linear(p, exchanged.Size[axis]))];
                return new VolumeView(SeparableLinear.Apply(exchanged, turned, taps, parallel));
            }

            if (options.Interpolation == Interpolation.Nearest && NearestTables(mapping, source.Size, options) is { } tables)
            {
                return new VolumeView(SeparablePick.Apply(exchanged, turned, Turned(tables, turn), 0, parallel));
            }
        }

        var result = isSame ? source : new VolumeView(Resample(source, target, toSource, options, parallel, exactZeros: false));
        return new VolumeView(result.Stored, result.Axes.Then(turn), turned);
    }

    /// <summary>Resamples onto a grid by a given mapping from its indices to those of the source.</summary>
    /// <param name="source">The samples, possibly turned.</param>
    /// <param name="target">The grid to fill.</param>
    /// <param name="toSource">From an index of the target to an index of the source.</param>
    /// <param name="options">Interpolation and what lies outside.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="exactZeros">See the other overload.</param>
    /// <returns>A new volume that the caller owns.</returns>
    public static Volume Resample(VolumeView source, VolumeGrid target, Affine toSource, ResampleOptions options, ParallelOptions parallel, bool exactZeros = true)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(parallel);
        if (SplineResampler.OrderOf(options.Interpolation) is { } order)
        {
            return SplineResampler.Resample(source, target, toSource, order, options, parallel);
        }

        if (options.Interpolation is not (Interpolation.Linear or Interpolation.Nearest))
        {
            throw new ArgumentException($"{options.Interpolation} is for resizing, not for resampling onto a grid.", nameof(options));
        }

        if (source.Size.VoxelCount == 0 || target.Size.VoxelCount == 0)
        {
            throw new GeometryException($"An image of {source.Size} voxels cannot be resampled to {target.Size}.");
        }

        var mapping = new GridMapping(source.Size, target.Size, toSource, options.AlignCorners);
        if (!GridMapping.IsSeparable(toSource, target.Size))
        {
            return AffineResampler.Resample(source, target, mapping, options, parallel);
        }

        if (options.Interpolation == Interpolation.Linear)
        {
            var positions = Positions(mapping, source.Size, options);
            AxisTaps[] taps = [.. positions.Select((p, axis) => AxisTaps.Linear(p, source.Size[axis]))];
            return SeparableLinear.Apply(source, target, taps, parallel, exactZeros ? positions : null);
        }

        return NearestTables(mapping, source.Size, options) is { } tables
            ? SeparablePick.Apply(source, target, tables, 0, parallel)
            : AffineResampler.Resample(source, target, mapping, options, parallel);
    }

    /// <summary>True when MONAI would leave the image as it is: equal sizes, and affines or their quotient equal within the tolerance.</summary>
    internal static bool SameGrid(VolumeGrid source, VolumeGrid target, Affine toSource)
    {
        if (source.Size != target.Size)
        {
            return false;
        }

        bool equal = true, identity = true;
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 4; column++)
            {
                equal &= Math.Abs(source.Affine[row, column] - target.Affine[row, column]) <= Tolerance + (1e-5 * Math.Abs(target.Affine[row, column]));
                var one = row == column ? 1.0 : 0.0;
                identity &= Math.Abs(toSource[row, column] - one) <= Tolerance + (1e-5 * one);
            }
        }

        return equal || identity;
    }

    private static T[][] Turned<T>(T[][] perAxis, AxisMap turn)
    {
        var turned = new T[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            var values = perAxis[turn.Source(axis)];
            turned[axis] = turn.Flipped(axis) ? [.. values.Reverse()] : values;
        }

        return turned;
    }

    private static double[][] Positions(GridMapping mapping, GridSize source, ResampleOptions options)
    {
        var positions = new double[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            var size = source[axis];
            positions[axis] = Array.ConvertAll(mapping.Positions(axis), p => Boundary.Apply(p, size, options.OutOfBounds, options.AlignCorners));
        }

        return positions;
    }

    // Null when a tie has to be decided voxel by voxel.
    private static int[][]? NearestTables(GridMapping mapping, GridSize source, ResampleOptions options)
    {
        var tables = new int[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            var size = source[axis];
            var positions = mapping.Positions(axis);
            if (mapping.HasUndecidedTies(axis, positions))
            {
                return null;
            }

            tables[axis] = Array.ConvertAll(positions, p =>
            {
                var index = Math.Round(Boundary.Apply(p, size, options.OutOfBounds, options.AlignCorners), MidpointRounding.ToEven);
                return index >= 0 && index < size ? (int)index : SeparablePick.Outside;
            });
        }

        return tables;
    }
}
