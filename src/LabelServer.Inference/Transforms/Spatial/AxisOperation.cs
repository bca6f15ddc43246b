using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Axes were re-ordered or reversed; undone exactly and without a copy.</summary>
public sealed class AxisOperation : SpatialOperation
{
    /// <summary>Records a re-ordering.</summary>
    public AxisOperation(string transform, VolumeGrid before, VolumeGrid after, AxisMap map)
        : base(transform, before, after) => Map = map;

    /// <summary>What was done.</summary>
    public AxisMap Map { get; }

    /// <inheritdoc/>
    public override VolumeView Invert(VolumeView view, Interpolation? interpolation, ParallelOptions parallel) =>
        new(view.Stored, view.Axes.Then(Map.Inverse()), Before);
}
