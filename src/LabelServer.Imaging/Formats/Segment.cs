namespace LabelServer.Imaging.Formats;

/// <summary>One named structure of a segmentation file.</summary>
/// <param name="Id">The file's own key of the segment; unique within the file.</param>
/// <param name="Name">The name for people.</param>
/// <param name="LabelValue">The voxel value that marks the segment in its layer.</param>
/// <param name="Layer">The channel that holds it; segments that overlap lie in different layers.</param>
public sealed record Segment(string Id, string Name, int LabelValue = 1, int Layer = 0)
{
    /// <summary>The display colour, or null when the file names none.</summary>
    public SegmentColor? Color { get; init; }

    /// <summary>The voxels that hold the segment; null when unknown. Writers compute it.</summary>
    public SegmentExtent? Extent { get; init; }

    /// <summary>3D Slicer's tags (terminology and the like), verbatim, or null.</summary>
    public string? Tags { get; init; }
}

/// <summary>A colour; each part is 0 to 1.</summary>
public readonly record struct SegmentColor(double Red, double Green, double Blue);

/// <summary>The first and the last voxel index along each axis, both inclusive; an empty segment has First &gt; Last.</summary>
public readonly record struct SegmentExtent(int FirstI, int LastI, int FirstJ, int LastJ, int FirstK, int LastK)
{
    /// <summary>The extent of a segment without voxels, as 3D Slicer writes it.</summary>
    public static SegmentExtent Empty { get; } = new(0, -1, 0, -1, 0, -1);

    /// <summary>The smallest extent that holds this one and the voxel.</summary>
    internal SegmentExtent Including(int i, int j, int k) => LastI < FirstI
        ? new(i, i, j, j, k, k)
        : new(Math.Min(FirstI, i), Math.Max(LastI, i), Math.Min(FirstJ, j), Math.Max(LastJ, j), Math.Min(FirstK, k), Math.Max(LastK, k));
}
