namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A stored block of samples.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Its sample type; null: bytes.</param>
/// <param name="Offset">Where it starts in the block of that name, in samples: legacy files have views of storages.</param>
/// <param name="Count">Its number of samples.</param>
internal sealed record PickleStorage(string Key, CheckpointDataType? Type, long Offset, long Count);
