namespace LabelServer.Models;

/// <summary>A weights file can not be fetched. The message says which, from where, why, and what else can be done.</summary>
public sealed class ModelDownloadException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ModelDownloadException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
