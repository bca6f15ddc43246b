using LabelServer.Imaging.Cropping;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>What <see cref="CropForeground"/> takes for foreground, and how much around it is kept.</summary>
/// <param name="SourceKey">The item that is searched.</param>
/// <param name="Selection">Which values are foreground.</param>
/// <param name="Channels">Which channels are searched; null means all.</param>
/// <param name="Margin">Voxels kept around, one number or one for each axis.</param>
/// <param name="AllowSmaller">Whether the margin ends at the image's border; otherwise it pads.</param>
/// <param name="Divisible">The box grows until its sides are multiples of these; one number or one for each axis.</param>
/// <param name="StartCoordKey">Under which name the box's start is left in the sample's values; null for not at all.</param>
/// <param name="EndCoordKey">Under which name the box's end is left.</param>
public sealed record ForegroundOptions(
    string SourceKey,
    ValueSelection Selection,
    IReadOnlyList<int>? Channels,
    IReadOnlyList<int> Margin,
    bool AllowSmaller,
    IReadOnlyList<int> Divisible,
    string? StartCoordKey = "foreground_start_coord",
    string? EndCoordKey = "foreground_end_coord");
