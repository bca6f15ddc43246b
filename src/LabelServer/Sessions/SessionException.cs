namespace LabelServer.Sessions;

/// <summary>The base of everything that can go wrong with a session because of what was asked.</summary>
/// <remarks>Taxonomy and HTTP status: <see cref="SessionNotFoundException"/> 404; <see cref="SessionArchiveException"/> 400; <see cref="SessionsDisabledException"/> 406.</remarks>
public abstract class SessionException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    protected SessionException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>There is no session of that id: it never was, it has expired, or it was removed.</summary>
public sealed class SessionNotFoundException(string message) : SessionException(message);

/// <summary>An archive that was to be unpacked is damaged, too large, or holds names that lead outside its folder.</summary>
public sealed class SessionArchiveException(string message, Exception? innerException = null) : SessionException(message, innerException);

/// <summary>Sessions are switched off.</summary>
public sealed class SessionsDisabledException(string message) : SessionException(message);
