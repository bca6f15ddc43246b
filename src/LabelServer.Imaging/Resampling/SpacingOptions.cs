namespace LabelServer.Imaging.Resampling;

/// <summary>The rarer settings of <see cref="SpacingPlan"/>.</summary>
/// <param name="Diagonal">Whether the new grid's axes are the RAS axes, whatever the old ones were.</param>
/// <param name="ScaleExtent">Whether the outer edges, not the outermost centres, are kept.</param>
/// <param name="MinimumSpacing">Per axis in mm: a voxel size between this and the maximum is left as it is; NaN or absent means the wanted size.</param>
/// <param name="MaximumSpacing">See <paramref name="MinimumSpacing"/>.</param>
public sealed record SpacingOptions(
    bool Diagonal = false,
    bool ScaleExtent = false,
    IReadOnlyList<double>? MinimumSpacing = null,
    IReadOnlyList<double>? MaximumSpacing = null);
