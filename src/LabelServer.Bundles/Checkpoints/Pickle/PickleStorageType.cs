namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>The kind of a storage: its sample type, or null when the tensor says it (<c>UntypedStorage</c>).</summary>
internal sealed record PickleStorageType(CheckpointDataType? Type);
