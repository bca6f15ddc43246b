namespace LabelServer.Learning.Losses;

/// <summary>A loss has an option that it does not take, or was given tensors whose shapes do not belong together.</summary>
public sealed class LossException : LearningException
{
    /// <summary>Creates the exception.</summary>
    public LossException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
