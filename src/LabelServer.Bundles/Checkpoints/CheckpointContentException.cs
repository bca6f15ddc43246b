namespace LabelServer.Bundles.Checkpoints;

/// <summary>The file is sound, but it holds no state dict, several without a way to choose, or not the one that was asked for.</summary>
public sealed class CheckpointContentException(string message) : CheckpointException(message);
