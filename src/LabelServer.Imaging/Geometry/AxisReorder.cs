using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Geometry;

/// <summary>Copies a view into a volume of its own, so that memory order and index order agree again.</summary>
public static class AxisReorder
{
    /// <summary>The view as a volume of its own with the same sample type; the caller disposes it.</summary>
    /// <param name="view">What to copy.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays allocated.</exception>
    public static Volume Copy(VolumeView view, ParallelOptions parallel)
    {
        // A copy is the pick of every voxel; the picker reads along stored lines however the axes are exchanged.
        int[][] all = [[.. Enumerable.Range(0, view.Size.I)], [.. Enumerable.Range(0, view.Size.J)], [.. Enumerable.Range(0, view.Size.K)]];
        return SeparablePick.Apply(view, view.Grid, all, 0, parallel);
    }
}
