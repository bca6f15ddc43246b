namespace LabelServer.Inference.Pipelines;

/// <summary>A parameter of the request is wrong; the message names it, its value and what is accepted.</summary>
public sealed class InferenceParameterException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public InferenceParameterException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
