using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>The item was resampled by a mapping between voxel indices (a rotation, a shear); undone by the inverse mapping.</summary>
public sealed class MappedOperation : SpatialOperation
{
    /// <summary>Records a resampling.</summary>
    /// <param name="transform">The step's name.</param>
    /// <param name="before">The old grid.</param>
    /// <param name="after">The new grid.</param>
    /// <param name="toBefore">From an index of the new grid to an index of the old one.</param>
    /// <param name="options">How it was resampled.</param>
    public MappedOperation(string transform, VolumeGrid before, VolumeGrid after, Affine toBefore, ResampleOptions options)
        : base(transform, before, after)
    {
        ToBefore = toBefore;
        Options = options;
    }

    /// <summary>From an index of the new grid to an index of the old one.</summary>
    public Affine ToBefore { get; }

    /// <summary>How it was resampled.</summary>
    public ResampleOptions Options { get; }

    /// <inheritdoc/>
    public override VolumeView Invert(VolumeView view, Interpolation? interpolation, ParallelOptions parallel)
    {
        var options = interpolation is { } other ? new ResampleOptions(other, Options.OutOfBounds) : Options;
        return new VolumeView(GridResampler.Resample(view, Before, ToBefore.Inverse(), options, parallel, exactZeros: false));
    }
}
