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
    public override VolumeView Invert(VolumeView view, Interpolation? interpolation, ParallelOptions parallel)
    {
        // MONAI drops align_corners together with the mode.
        var options = interpolation is { } other ? new ResampleOptions(other, Options.OutOfBounds) : Options;
        var result = GridResampler.Resample(new VolumeView(view.Stored, view.Axes, After), Before, options, parallel, exactZeros: false);
        return new VolumeView(result.Stored, result.Axes, Before);
    }
}
