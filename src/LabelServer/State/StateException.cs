namespace LabelServer.State;

/// <summary>The server's state database cannot be used. The message names the file and the way out.</summary>
/// <remarks>Taxonomy: <see cref="StateUnavailableException"/> it cannot be opened, read or written; <see cref="StateFullException"/> its disk is full.</remarks>
public abstract class StateException : Exception
{
    /// <summary>Creates the exception.</summary>
    protected StateException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The state database cannot be opened, read or written, or is of a newer program or of other studies.</summary>
public sealed class StateUnavailableException : StateException
{
    /// <summary>Creates the exception.</summary>
    public StateUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The disk of the state database is full. Nothing has changed.</summary>
public sealed class StateFullException : StateException
{
    /// <summary>Creates the exception.</summary>
    public StateFullException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
