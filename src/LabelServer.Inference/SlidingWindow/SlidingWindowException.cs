namespace LabelServer.Inference.SlidingWindow;

/// <summary>Windows cannot be laid over an image: an option is out of range, the image is too small for the padding, or it has other channels than the network. The message names both.</summary>
public sealed class SlidingWindowException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public SlidingWindowException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
