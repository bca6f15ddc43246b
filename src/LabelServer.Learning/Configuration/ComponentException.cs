namespace LabelServer.Learning.Configuration;

/// <summary>A component of a bundle's config (a loss, an optimiser, a scheduler, a network, …) is not supported or has an argument that it does not take. The message names the place in the config.</summary>
public sealed class ComponentException : LearningException
{
    /// <summary>Creates the exception.</summary>
    public ComponentException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
