namespace LabelServer.Learning.Optimisers;

/// <summary>A saved optimiser state does not fit the network, or an option is out of range.</summary>
public sealed class OptimiserException : LearningException
{
    /// <summary>Creates the exception.</summary>
    public OptimiserException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
