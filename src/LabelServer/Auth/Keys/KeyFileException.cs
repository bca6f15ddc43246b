namespace LabelServer.Auth.Keys;

/// <summary>The file of keys cannot be read or changed as asked. The message says why and what to do.</summary>
internal sealed class KeyFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    public KeyFileException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
