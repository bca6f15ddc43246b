namespace LabelServer.Learning.Training;

/// <summary>A training cannot be done as asked. The message names the bundle, image or setting and the way out.</summary>
/// <remarks>Taxonomy: <see cref="TrainingDataException"/> an image or label; <see cref="TrainingStateException"/> a saved run that does not fit; this type itself: the bundle's train config or a parameter.</remarks>
public class TrainingException : LearningException
{
    /// <summary>Creates the exception.</summary>
    public TrainingException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>An image or label cannot be trained on: unreadable, on another grid, with an unknown name or value, or of another size than its batch.</summary>
public sealed class TrainingDataException : TrainingException
{
    /// <summary>Creates the exception.</summary>
    public TrainingDataException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A saved run cannot be gone on with: its file is damaged or belongs to another network or other data.</summary>
public sealed class TrainingStateException : TrainingException
{
    /// <summary>Creates the exception.</summary>
    public TrainingStateException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
