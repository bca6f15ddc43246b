using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Geometry;

/// <summary>A stored volume seen through a re-ordering of its axes, without a copy. Does not own the volume.</summary>
/// <remarks>A full scan is turned to RAS this way and then read by the resampler, so that no second copy of it is ever made.</remarks>
public readonly record struct VolumeView
{
    /// <summary>Sees a volume as it is stored.</summary>
    public VolumeView(Volume stored)
        : this(stored, AxisMap.Identity)
    {
    }

    /// <summary>Sees a volume with its axes re-ordered.</summary>
    public VolumeView(Volume stored, AxisMap axes)
    {
        ArgumentNullException.ThrowIfNull(stored);
        Stored = stored;
        Axes = axes;
        Grid = axes.IsIdentity ? stored.Grid : axes.Apply(stored.Grid);
    }

    /// <summary>Sees a volume with its axes re-ordered and at a place that is known better than the stored affine says (after a way there and back it is the first one, to the last bit).</summary>
    /// <exception cref="ArgumentException">The grid has another size than the volume so seen.</exception>
    public VolumeView(Volume stored, AxisMap axes, VolumeGrid grid)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(grid);
        if (axes.Apply(stored.Size) != grid.Size)
        {
            throw new ArgumentException($"A volume of {axes.Apply(stored.Size)} voxels cannot be seen on a grid of {grid.Size}.", nameof(grid));
        }

        Stored = stored;
        Axes = axes;
        Grid = grid;
    }

    /// <summary>The volume in memory.</summary>
    public Volume Stored { get; }

    /// <summary>How the stored axes are seen.</summary>
    public AxisMap Axes { get; }

    /// <summary>Size and place in space as seen.</summary>
    public VolumeGrid Grid { get; }

    /// <summary>Voxels along (i, j, k) as seen.</summary>
    public GridSize Size => Grid.Size;

    /// <summary>True when the stored volume is what is seen: same memory order, same grid.</summary>
    public bool IsStored => Axes.IsIdentity && Grid == Stored.Grid;

    /// <summary>The distance in memory, in samples, between neighbours along the seen axis <paramref name="axis"/>; negative for a reversed one.</summary>
    public long Stride(int axis)
    {
        var source = Axes.Source(axis);
        var stride = source switch
        {
            0 => 1L,
            1 => Stored.Size.I,
            _ => (long)Stored.Size.I * Stored.Size.J,
        };
        return Axes.Flipped(axis) ? -stride : stride;
    }

    /// <summary>Where the seen voxel (0, 0, 0) of channel 0 lies in memory, in samples.</summary>
    public long Origin()
    {
        long origin = 0;
        for (var axis = 0; axis < 3; axis++)
        {
            if (Axes.Flipped(axis))
            {
                origin -= Stride(axis) * (Size[axis] - 1);
            }
        }

        return origin;
    }
}
