namespace LabelServer.Datasets;

/// <summary>A data set cannot be prepared. The message names the file and the way out.</summary>
internal sealed class DatasetException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DatasetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
