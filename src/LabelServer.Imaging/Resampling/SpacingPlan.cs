using System.Globalization;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Resampling;

/// <summary>The grid that MONAI's <c>Spacing</c> makes of a grid for a wanted voxel size.</summary>
/// <remarks>
/// <para>Shear is taken out, rotation and axis directions stay (or go, when <c>diagonal</c>). Along each axis the distance between the first and the last voxel centre is kept as
/// nearly as whole steps allow: size = round(extent) + 1, halves to even.</para>
/// <para>Source: MONAI monai/transforms/spatial/array.py (Spacing), monai/data/utils.py (zoom_affine, compute_shape_offset).</para>
/// </remarks>
public static class SpacingPlan
{
    /// <summary>The target grid.</summary>
    /// <param name="grid">The grid to refine or coarsen.</param>
    /// <param name="spacing">Wanted mm along i, j, k; if shorter, the last value is repeated; values that are not positive keep the axis as it is.</param>
    /// <param name="options">The rarer settings.</param>
    /// <exception cref="GeometryException">The affine is singular or not finite, or a minimum is larger than its maximum.</exception>
    public static VolumeGrid Plan(VolumeGrid grid, IReadOnlyList<double> spacing, SpacingOptions options)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(spacing);
        ArgumentNullException.ThrowIfNull(options);
        var (oi, oj, ok) = grid.Affine.Spacing();
        Span<double> original = [oi == 0 ? 1 : oi, oj == 0 ? 1 : oj, ok == 0 ? 1 : ok], wanted = stackalloc double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            wanted[axis] = Wanted(axis, original[axis], spacing[Math.Min(axis, spacing.Count - 1)], options);
        }

        var zoomed = Zoom(grid.Affine, original, wanted, options.Diagonal);
        var (size, offset) = ShapeAndOffset(grid, zoomed, options.ScaleExtent);
        var affine = new Affine(
            zoomed.M00, zoomed.M01, zoomed.M02, offset[0], zoomed.M10, zoomed.M11, zoomed.M12, offset[1], zoomed.M20, zoomed.M21, zoomed.M22, offset[2]);
        return new VolumeGrid(size, affine);
    }

    /// <summary>The affine of a resized image (MONAI's <c>scale_affine</c>): the outer edges stay or, with <paramref name="alignCorners"/>, the centres of the corner voxels.</summary>
    /// <returns>From an index of the new size to an index of the old size.</returns>
    public static Affine ScaleBetween(GridSize from, GridSize to, bool alignCorners = false)
    {
        if (alignCorners)
        {
            static double Step(int from, int to) => (from - 1.0) / Math.Max(to - 1, 1);
            return Affine.Scaling(Step(from.I, to.I), Step(from.J, to.J), Step(from.K, to.K));
        }

        double i = (double)from.I / Math.Max(to.I, 1), j = (double)from.J / Math.Max(to.J, 1), k = (double)from.K / Math.Max(to.K, 1);
        return new Affine(i, 0, 0, (i - 1) / 2, 0, j, 0, (j - 1) / 2, 0, 0, k, (k - 1) / 2);
    }

    private static double Wanted(int axis, double original, double target, SpacingOptions options)
    {
        static double At(IReadOnlyList<double>? values, int axis) => values is { Count: > 0 } && axis < values.Count ? values[axis] : double.NaN;
        double low = At(options.MinimumSpacing, axis), high = At(options.MaximumSpacing, axis);
        low = double.IsNaN(low) ? target : Math.Min(low, target);
        high = double.IsNaN(high) ? target : Math.Max(high, target);
        if (low > high)
        {
            throw new GeometryException(string.Create(CultureInfo.InvariantCulture, $"min_pixdim {low} is larger than max_pixdim {high} on axis {axis}."));
        }

        return low - GridResampler.Tolerance <= original && original <= high + GridResampler.Tolerance ? original : target;
    }

    private static Affine Zoom(Affine affine, ReadOnlySpan<double> original, ReadOnlySpan<double> wanted, bool diagonal)
    {
        Span<double> scale = stackalloc double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            scale[axis] = wanted[axis] > 0 ? wanted[axis] : original[axis];
        }

        if (diagonal)
        {
            return Affine.Scaling(scale[0], scale[1], scale[2]);
        }

        var r = AffineSolver.RotationOf(affine);
        return new Affine(
            r[0] * scale[0], r[1] * scale[1], r[2] * scale[2], 0,
            r[3] * scale[0], r[4] * scale[1], r[5] * scale[2], 0,
            r[6] * scale[0], r[7] * scale[1], r[8] * scale[2], 0);
    }

    private static (GridSize Size, double[] Offset) ShapeAndOffset(VolumeGrid grid, Affine zoomed, bool scaleExtent)
    {
        var toTarget = AffineSolver.Solve(zoomed, grid.Affine);
        Span<double> all = stackalloc double[24], corners = stackalloc double[24], least = stackalloc double[3], most = stackalloc double[3];
        for (var corner = 0; corner < 8; corner++)
        {
            // The order of the corners decides which of several equal ones gives the offset: i slowest, as numpy's meshgrid(indexing='ij').
            double Coordinate(int axis, int bit) => scaleExtent ? (bit == 0 ? -0.5 : grid.Size[axis] - 0.5) : (bit == 0 ? 0 : grid.Size[axis] - 1.0);
            double i = Coordinate(0, corner >> 2), j = Coordinate(1, (corner >> 1) & 1), k = Coordinate(2, corner & 1);
            (all[corner * 3], all[(corner * 3) + 1], all[(corner * 3) + 2]) = AffineSolver.Apply(toTarget, i, j, k);
            (corners[corner * 3], corners[(corner * 3) + 1], corners[(corner * 3) + 2]) = AffineSolver.Apply(grid.Affine, i, j, k);
        }

        var size = new int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            (least[axis], most[axis]) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var corner = 0; corner < 8; corner++)
            {
                least[axis] = Math.Min(least[axis], all[(corner * 3) + axis]);
                most[axis] = Math.Max(most[axis], all[(corner * 3) + axis]);
            }

            size[axis] = CheckedSize(Math.Round(most[axis] - least[axis] + (scaleExtent ? 0 : 1), MidpointRounding.ToEven), axis, grid);
        }

        var target = new GridSize(size[0], size[1], size[2]);
        var offset = Offset(grid, zoomed, target, all, corners, least);
        return (target, scaleExtent ? ExtentOffset(grid, target, offset) : offset);
    }

    private static double[] Offset(VolumeGrid grid, Affine zoomed, GridSize target, ReadOnlySpan<double> all, ReadOnlySpan<double> corners, ReadOnlySpan<double> least)
    {
        for (var corner = 0; corner < 8; corner++)
        {
            var smallest = true;
            for (var axis = 0; axis < 3; axis++)
            {
                smallest &= Math.Abs(least[axis] - all[(corner * 3) + axis]) <= 1e-8;
            }

            if (smallest)
            {
                return corners.Slice(corner * 3, 3).ToArray();
            }
        }

        // No corner is the smallest along all axes (a sheared or diagonal target): the centres of both images coincide.
        var (x, y, z) = grid.Affine.Apply(grid.Size.I / 2.0, grid.Size.J / 2.0, grid.Size.K / 2.0);
        var (tx, ty, tz) = zoomed.Apply(target.I / 2.0, target.J / 2.0, target.K / 2.0);
        return [x - tx, y - ty, z - tz];
    }

    private static double[] ExtentOffset(VolumeGrid grid, GridSize target, double[] offset)
    {
        static double Shift(int from, int to) => 0.5 * (((double)from / to) - 1);
        var (x, y, z) = grid.Affine.Apply(Shift(grid.Size.I, target.I), Shift(grid.Size.J, target.J), Shift(grid.Size.K, target.K));
        return [Math.Abs(x) * Math.Sign(offset[0]), Math.Abs(y) * Math.Sign(offset[1]), Math.Abs(z) * Math.Sign(offset[2])];
    }

    private static int CheckedSize(double size, int axis, VolumeGrid grid) => size is >= 0 and <= 65536
        ? (int)size
        : throw new GeometryException(string.Create(
            CultureInfo.InvariantCulture, $"The wanted voxel size would make an image of {size:F0} voxels along axis {axis} out of {grid.Size}; check the image's voxel size {grid.Affine.Spacing()}."));
}
