namespace LabelServer.Bundles.Checkpoints;

/// <summary>The file is cut short, damaged, contradicts itself, exceeds a bound, or is no file of weights at all.</summary>
public sealed class CheckpointFormatException(string message, Exception? innerException = null) : CheckpointException(message, innerException);
