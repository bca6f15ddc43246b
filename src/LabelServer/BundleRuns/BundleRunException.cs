namespace LabelServer.BundleRuns;

/// <summary>A <c>bundle run</c> command cannot be done as written. The message says what is wrong and the way out.</summary>
internal sealed class BundleRunException : Exception
{
    /// <summary>Creates the exception.</summary>
    public BundleRunException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
