namespace LabelServer.Datasets;

/// <summary>What the merging of a subject's masks found.</summary>
internal sealed record MergeResult
{
    /// <summary>The subject.</summary>
    public required string Subject { get; init; }

    /// <summary>Structure → voxels of its mask, for those that were merged; 0 for an empty mask.</summary>
    public required IReadOnlyDictionary<string, long> Merged { get; init; }

    /// <summary>Structures of the bundle without a mask.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Masks whose name the bundle does not have.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>Voxels that two masks have both, the most first.</summary>
    public required IReadOnlyList<MaskOverlap> Overlaps { get; init; }
}

/// <summary>Voxels of two masks.</summary>
/// <param name="Under">The structure that gave way.</param>
/// <param name="Over">The structure that the voxels are labelled as.</param>
/// <param name="Voxels">How many.</param>
internal sealed record MaskOverlap(string Under, string Over, long Voxels);
