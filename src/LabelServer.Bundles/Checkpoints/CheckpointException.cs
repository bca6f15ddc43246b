namespace LabelServer.Bundles.Checkpoints;

/// <summary>A file of weights cannot be used. The message names the file, the place in it and the way out.</summary>
/// <remarks><see cref="CheckpointFormatException"/>: it is broken or of an unknown kind. <see cref="UnsafeCheckpointException"/>: it asks for code. <see cref="CheckpointContentException"/>: it is sound, and what is
/// looked for is not in it. A failing disk stays <see cref="IOException"/>.</remarks>
public abstract class CheckpointException : BundleException
{
    private protected CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
