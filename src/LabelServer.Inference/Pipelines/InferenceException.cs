namespace LabelServer.Inference.Pipelines;

/// <summary>An image cannot be segmented as asked. The message names the bundle or image, the step and the way out.</summary>
/// <remarks>Taxonomy: <see cref="InferenceParameterException"/> a parameter of the request is wrong; <see cref="ModelMissingException"/> the weights are not there;
/// <see cref="BundleUnsupportedException"/> the bundle holds something that this program does not run; this type itself: a step failed.</remarks>
public class InferenceException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    public InferenceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A parameter of the request is wrong; the message names it, its value and what is accepted.</summary>
public sealed class InferenceParameterException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public InferenceParameterException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The weights that the request needs are not in the bundle's folder.</summary>
public sealed class ModelMissingException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ModelMissingException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The bundle holds a component or an option that this program does not run; the message names bundle, key and target.</summary>
public sealed class BundleUnsupportedException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public BundleUnsupportedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
