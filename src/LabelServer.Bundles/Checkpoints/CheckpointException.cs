namespace LabelServer.Bundles.Checkpoints;

/// <summary>A file of weights cannot be read. The message names the file, the place in it and what to do.</summary>
public class CheckpointException : BundleException
{
    /// <summary>Makes the exception.</summary>
    public CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
