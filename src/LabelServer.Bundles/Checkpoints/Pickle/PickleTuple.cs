namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A tuple of a pickle.</summary>
internal sealed record PickleTuple(object?[] Items);
