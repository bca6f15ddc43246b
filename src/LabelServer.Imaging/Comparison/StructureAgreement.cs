namespace LabelServer.Imaging.Comparison;

/// <summary>How well two label maps agree on one structure.</summary>
/// <param name="First">Voxels of the structure in the first map.</param>
/// <param name="Second">Voxels of the structure in the second map.</param>
/// <param name="Shared">Voxels that have it in both.</param>
/// <param name="Hausdorff95">The 95 % Hausdorff distance in mm: of the 95th percentiles of the distances from either surface to the other, the larger one. Null when it was not asked for, or when a map has nothing of the structure.</param>
public readonly record struct StructureAgreement(long First, long Second, long Shared, double? Hausdorff95)
{
    /// <summary>2 · shared / (first + second); 1 when neither map has the structure.</summary>
    public double Dice => First + Second == 0 ? 1 : 2.0 * Shared / (First + Second);
}
