namespace LabelServer.Learning.Metrics;

/// <summary>Two label maps cannot be compared.</summary>
public sealed class MetricException : LearningException
{
    /// <summary>Creates the exception.</summary>
    public MetricException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
