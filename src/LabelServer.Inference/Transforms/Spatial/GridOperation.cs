using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>The item was resampled onto another grid by place in space; undone by resampling onto the old grid.</summary>
public sealed class GridOperation : SpatialOperation
{
    /// <summary>Records a resampling.</summary>
    public GridOperation(string transform, VolumeGrid before, VolumeGrid after, ResampleOptions options)
        : base(transform, before, after) => Options = options;

    /// <summary>How it was resampled.</summary>
    public ResampleOptions Options { get; }

    /// <inheritdoc/>
    public override VolumeView Invert(VolumeView view, Interpolation? interpolation, ParallelOptions parallel) =>
        Invert(view, interpolation, AxisMap.Identity, Before, parallel);

    /// <summary>Undoes this resampling and the turns of the axes that came right before it, in one pass.</summary>
    /// <param name="view">A volume of the size of <see cref="SpatialOperation.After"/>; not disposed here.</param>
    /// <param name="turns">The turns, oldest first.</param>
    /// <param name="interpolation">What to use instead of the forward step's mode, or null.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>See <see cref="SpatialOperation.Invert"/>; on the grid before the first turn.</returns>
    public VolumeView InvertTurned(VolumeView view, IReadOnlyList<AxisOperation> turns, Interpolation? interpolation, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var back = turns.Reverse().Aggregate(AxisMap.Identity, (map, turn) => map.Then(turn.Map.Inverse()));
        return Invert(view, interpolation, back, turns[0].Before, parallel);
    }

    private VolumeView Invert(VolumeView view, Interpolation? interpolation, AxisMap turn, VolumeGrid turned, ParallelOptions parallel)
    {
        // MONAI drops align_corners together with the mode.
        var options = interpolation is { } other ? new ResampleOptions(other, Options.OutOfBounds) : Options;
        return GridResampler.ResampleTurned(new VolumeView(view.Stored, view.Axes, After), Before, options, turn, turned, parallel);
    }
}
