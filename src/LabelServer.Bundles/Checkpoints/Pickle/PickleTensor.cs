namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A tensor: a view of a storage.</summary>
internal sealed record PickleTensor(PickleStorage Storage, CheckpointDataType Type, long Offset, long[] Shape, long[] Strides);
