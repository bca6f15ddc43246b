namespace LabelServer.Inference;

/// <summary>The base of everything that can go wrong while a bundle's chain is built or run. The message names the bundle, step or image, the value and the way out.</summary>
/// <remarks>Taxonomy in this room: <see cref="Transforms.TransformConfigException"/> a chain cannot be built from the bundle's config; <see cref="Transforms.TransformException"/> a step
/// of a sound chain failed on this image; <see cref="Networks.NetworkException"/> a network cannot be built, filled or run; <see cref="Pipelines.InferenceParameterException"/> a
/// parameter of the request is wrong; <see cref="Pipelines.ModelMissingException"/> the weights are not there; <see cref="Pipelines.BundleUnsupportedException"/> the bundle holds what
/// this program does not run. Wrong arguments inside the program are ordinary <see cref="ArgumentException"/>s, never this.</remarks>
public abstract class InferenceException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    protected InferenceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
