namespace LabelServer.Inference.Pipelines;

/// <summary>The bundle holds a component or an option that this program does not run; the message names bundle, key and target.</summary>
public sealed class BundleUnsupportedException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public BundleUnsupportedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
