namespace LabelServer.Models;

/// <summary>A file of a bundle that says what the model is can not be used. The message names the file and the reason.</summary>
public sealed class BundleFileException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    public BundleFileException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
