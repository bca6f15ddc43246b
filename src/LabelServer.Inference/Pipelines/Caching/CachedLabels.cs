using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Pipelines.Caching;

/// <summary>A label map on its image's grid, before it is given another number type, with what the answer says about its making.</summary>
/// <param name="Runs">The labels.</param>
/// <param name="Device">Where the network ran.</param>
/// <param name="Precision">The precision it ran in.</param>
/// <param name="WindowCount">Windows that went through the network.</param>
internal sealed record CachedLabels(RunLengths Runs, string Device, NetworkPrecision Precision, int WindowCount);
