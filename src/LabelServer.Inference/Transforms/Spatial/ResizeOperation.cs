using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>The item was scaled to another size over the same extent; undone by scaling back.</summary>
public sealed class ResizeOperation : SpatialOperation
{
    /// <summary>Records a scaling.</summary>
    public ResizeOperation(string transform, VolumeGrid before, VolumeGrid after, Interpolation interpolation, bool alignCorners)
        : base(transform, before, after)
    {
        Interpolation = interpolation;
        AlignCorners = alignCorners;
    }

    /// <summary>How it was scaled.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>Whether the centres of the corner voxels were made to coincide.</summary>
    public bool AlignCorners { get; }

    /// <inheritdoc/>
    public override VolumeView Invert(VolumeView view, Interpolation? interpolation, ParallelOptions parallel) => Before.Size == After.Size
        ? new VolumeView(view.Stored, view.Axes, Before)
        : new VolumeView(Resizer.Resize(view, Before, interpolation ?? Interpolation, interpolation is null && AlignCorners, parallel));
}
