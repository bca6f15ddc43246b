namespace LabelServer.Inference.Transforms;

/// <summary>A step of a sound chain could not be done with this image: an item is missing, the image has a shape that the step cannot take, its affine is singular.</summary>
public sealed class TransformException : InferenceException
{
    /// <summary>Creates the exception with a message for people that names the step and the image.</summary>
    public TransformException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
