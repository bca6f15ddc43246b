using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Cropping;

/// <summary>Cuts boxes out of volumes; where a box reaches beyond the volume, it is filled.</summary>
public static class Box
{
    /// <summary>The grid of a box: the same voxels at the same places.</summary>
    /// <param name="grid">The grid that the box is cut from.</param>
    /// <param name="start">The old index of the new voxel (0, 0, 0); may be negative.</param>
    /// <param name="size">Voxels of the box.</param>
    public static VolumeGrid GridOf(VolumeGrid grid, (int I, int J, int K) start, GridSize size)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return start == (0, 0, 0) ? grid with { Size = size } : new VolumeGrid(size, grid.Affine * Affine.Translation(start.I, start.J, start.K));
    }

    /// <summary>Copies a box; outside the source stands one value.</summary>
    /// <inheritdoc cref="Extract(VolumeView, VolumeGrid, ValueTuple{int, int, int}, PadMode, double, ParallelOptions)"/>
    public static Volume Extract(VolumeView view, VolumeGrid target, (int I, int J, int K) start, double fill, ParallelOptions parallel) =>
        Extract(view, target, start, PadMode.Constant, fill, parallel);

    /// <summary>Copies a box.</summary>
    /// <param name="view">The source, possibly turned.</param>
    /// <param name="target">The grid of the result; its size is the box's.</param>
    /// <param name="start">The source index of the result's voxel (0, 0, 0); may be negative or beyond the end.</param>
    /// <param name="mode">What stands outside the source. As in MONAI only what is inside the box counts: first the box is cropped, then padded.</param>
    /// <param name="fill">The value of <see cref="PadMode.Constant"/>.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A new volume of the source's number type that the caller owns (float32 for the modes that compute values).</returns>
    /// <exception cref="GeometryException">The box has nothing in common with the source, and the mode is not constant.</exception>
    public static Volume Extract(VolumeView view, VolumeGrid target, (int I, int J, int K) start, PadMode mode, double fill, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(target);
        ReadOnlySpan<int> starts = [start.I, start.J, start.K];
        if (mode >= PadMode.Maximum)
        {
            return ComputedPad.Extract(view, target, starts, mode, parallel);
        }

        var tables = new int[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            tables[axis] = Table(target.Size[axis], starts[axis], view.Size[axis], mode);
        }

        return SeparablePick.Apply(view, target, tables, fill, parallel);
    }

    private static int[] Table(int length, int start, int size, PadMode mode)
    {
        var (first, last) = (Math.Max(start, 0), Math.Min(start + length, size) - 1);
        if (last < first && mode != PadMode.Constant && length > 0)
        {
            throw new GeometryException($"A box from {start} to {start + length} has nothing in common with an image of {size} voxels; there is nothing to pad it with.");
        }

        var table = new int[length];
        for (var n = 0; n < length; n++)
        {
            table[n] = Index(n + start, first, last, mode);
        }

        return table;
    }

    private static int Index(int at, int first, int last, PadMode mode)
    {
        if (at >= first && at <= last)
        {
            return at;
        }

        var (offset, count) = (at - first, last - first + 1);
        switch (mode)
        {
            case PadMode.Edge:
                return Math.Clamp(at, first, last);
            case PadMode.Wrap:
                return first + Modulo(offset, count);
            case PadMode.Symmetric:
                var mirrored = Modulo(offset, 2 * count);
                return first + (mirrored < count ? mirrored : (2 * count) - 1 - mirrored);
            case PadMode.Reflect when count > 1:
                var reflected = Modulo(offset, (2 * count) - 2);
                return first + (reflected < count ? reflected : (2 * count) - 2 - reflected);
            case PadMode.Reflect:
                return first;
            default:
                return SeparablePick.Outside;
        }
    }

    private static int Modulo(int value, int period) => ((value % period) + period) % period;
}
