namespace LabelServer.Inference.Pipelines;

/// <summary>The weights that the request needs are not in the bundle's folder.</summary>
public sealed class ModelMissingException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ModelMissingException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
