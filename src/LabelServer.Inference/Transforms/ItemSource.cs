using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms;

/// <summary>Where an item came from, before any step. Never changes.</summary>
/// <param name="Name">The image's id or file name, for messages and for naming answers.</param>
/// <param name="OriginalGrid">The grid as read; null until it is loaded or where there is none (a network's output).</param>
/// <param name="OriginalChannelAxis">Which axis of the file held the channels (MONAI's <c>original_channel_dim</c>), or null when the file had none.</param>
/// <param name="Path">The file that <c>LoadImaged</c> reads, or null when the volume is given.</param>
public sealed record ItemSource(string Name, VolumeGrid? OriginalGrid = null, int? OriginalChannelAxis = null, string? Path = null);
