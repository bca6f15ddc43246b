namespace LabelServer.Inference.Networks;

/// <summary>A network cannot be built, filled or run. The message names the network, the key or the shape, and the way out.</summary>
/// <remarks>Taxonomy: <see cref="NetworkUnsupportedException"/> the bundle asks for a network or an option that this program does not have;
/// <see cref="NetworkWeightsException"/> the weights do not fit the network; this type itself: the runtime failed (shape, memory, device).</remarks>
public class NetworkException : InferenceException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public NetworkException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The bundle asks for a network, or an option of one, that this program does not have.</summary>
public sealed class NetworkUnsupportedException : NetworkException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public NetworkUnsupportedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The weights file does not fit the network: keys are missing or unexpected, or a tensor has another shape.</summary>
public sealed class NetworkWeightsException : NetworkException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public NetworkWeightsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
