namespace LabelServer.Learning;

/// <summary>The base of what can go wrong in networks, losses, metrics, optimisers and training. The message is for people: it names the thing, the value and the way out.</summary>
/// <remarks>
/// Each cause has its own type. What a user's configuration or data causes derives from this type; programming errors stay argument exceptions.
/// </remarks>
public abstract class LearningException : Exception
{
    /// <summary>Creates the exception.</summary>
    protected LearningException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
