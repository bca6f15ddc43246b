namespace LabelServer.Learning.Evaluation;

/// <summary>An evaluation cannot be done as asked. The message names the bundle, image or setting and the way out.</summary>
public class EvaluationException : LearningException
{
    /// <summary>Creates the exception.</summary>
    public EvaluationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
