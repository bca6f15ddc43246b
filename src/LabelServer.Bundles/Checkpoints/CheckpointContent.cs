using LabelServer.Bundles.Checkpoints.Pickle;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints;

/// <summary>What a pickled file holds: its root value, and how the bytes of a storage are reached.</summary>
internal sealed record CheckpointContent(CheckpointFormat Format, object? Root, Func<PickleStorage, CheckpointRecord> OpenStorage);
