using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>A box was cut out or voxels were added around; undone exactly: what was added goes, what was cut away comes back as 0.</summary>
public sealed class BoxOperation : SpatialOperation
{
    /// <summary>Records a crop or pad.</summary>
    /// <param name="transform">The step's name.</param>
    /// <param name="before">The old grid.</param>
    /// <param name="after">The new grid.</param>
    /// <param name="start">The old index of the new voxel (0, 0, 0); negative where voxels were added.</param>
    public BoxOperation(string transform, VolumeGrid before, VolumeGrid after, (int I, int J, int K) start)
        : base(transform, before, after) => Start = start;

    /// <summary>The old index of the new voxel (0, 0, 0).</summary>
    public (int I, int J, int K) Start { get; }

    /// <inheritdoc/>
    public override VolumeView Invert(VolumeView view, Interpolation? interpolation, ParallelOptions parallel) => Before.Size == After.Size && Start == (0, 0, 0)
        ? new VolumeView(view.Stored, view.Axes, Before)
        : new VolumeView(Box.Extract(view, Before, (-Start.I, -Start.J, -Start.K), 0, parallel));
}
