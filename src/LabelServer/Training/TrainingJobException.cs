namespace LabelServer.Training;

/// <summary>A training cannot be started or was not finished. The message names the model and the way out.</summary>
/// <remarks>Taxonomy: <see cref="TrainerUnknownException"/> nobody trains that model; <see cref="TrainingRefusedException"/> a parameter or the submitted labels do not do;
/// <see cref="TrainingFailedException"/> it broke off; <see cref="TrainingWorkerLostException"/> and <see cref="TrainingMemoryException"/> the same for a cause that another attempt may get around.</remarks>
public abstract class TrainingJobException : Exception
{
    /// <summary>Creates the exception.</summary>
    protected TrainingJobException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>There is no such model, or it has no train config.</summary>
public sealed class TrainerUnknownException : TrainingJobException
{
    /// <summary>Creates the exception.</summary>
    public TrainerUnknownException(string message)
        : base(message, null)
    {
    }
}

/// <summary>A parameter has a value that cannot be taken, or the submitted labels cannot be trained on.</summary>
public sealed class TrainingRefusedException : TrainingJobException
{
    /// <summary>Creates the exception.</summary>
    public TrainingRefusedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A training broke off: the worker ended, memory or disk ran out, or a step failed. What was served stays.</summary>
public sealed class TrainingFailedException : TrainingJobException
{
    /// <summary>Creates the exception.</summary>
    public TrainingFailedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The worker of a training ended on its own: it was killed, or it crashed. The run can go on from its last epoch.</summary>
public sealed class TrainingWorkerLostException : TrainingJobException
{
    /// <summary>Creates the exception.</summary>
    public TrainingWorkerLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The memory of the machine or of the device does not do for the training as it is.</summary>
public sealed class TrainingMemoryException : TrainingJobException
{
    /// <summary>Creates the exception.</summary>
    public TrainingMemoryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
