using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms;

/// <summary>One spatial change that was made to an item, with all that its inverse needs. Items carry these in order as their trace; <c>Invertd</c> walks it backwards.</summary>
public abstract class SpatialOperation
{
    /// <summary>Records a change.</summary>
    /// <param name="transform">The step's name, such as <c>Spacingd</c>.</param>
    /// <param name="before">The grid before the change; the inverse gives exactly this one.</param>
    /// <param name="after">The grid after the change.</param>
    protected SpatialOperation(string transform, VolumeGrid before, VolumeGrid after)
    {
        Transform = transform;
        Before = before;
        After = after;
    }

    /// <summary>The step's name, for messages.</summary>
    public string Transform { get; }

    /// <summary>The grid before the change.</summary>
    public VolumeGrid Before { get; }

    /// <summary>The grid after the change.</summary>
    public VolumeGrid After { get; }

    /// <summary>Takes a volume on the grid <see cref="After"/> (any channels, any sample type) back to <see cref="Before"/>.</summary>
    /// <param name="view">A volume of the size of <see cref="After"/>; not disposed here.</param>
    /// <param name="interpolation">What to use instead of the forward step's mode; <see cref="Interpolation.Nearest"/> for label maps, null for the forward's own.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A view of a new volume that the caller owns, or of the same stored volume when only axes are re-ordered or nothing is to do.</returns>
    public abstract VolumeView Invert(VolumeView view, Interpolation? interpolation, ParallelOptions parallel);
}
