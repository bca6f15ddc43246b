using LabelServer.Errors;

namespace LabelServer.Inference;

/// <summary>The base of everything that can go wrong between a checked request and its result. The message names the image or model, the step and the way out.</summary>
public abstract class InferenceDispatchException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    protected InferenceDispatchException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>No model has the name that was asked for.</summary>
public sealed class ModelUnknownException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ModelUnknownException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The model is there, but its weights are missing or its configs can not be used.</summary>
public sealed class ModelNotUsableException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ModelNotUsableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A parameter of the request has a value that the model can not take.</summary>
public sealed class ParameterRefusedException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ParameterRefusedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The image can not be read, is too large, or is not what the model takes.</summary>
public sealed class ImageRefusedException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ImageRefusedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The device or the machine has not enough memory for this image with this model. The worker goes on.</summary>
public sealed class InferenceMemoryException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public InferenceMemoryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>Too many jobs wait already.</summary>
public sealed class InferenceQueueFullException : InferenceDispatchException, IRetryable
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">For people.</param>
    /// <param name="retryAfter">When a place in the queue is expected to be free.</param>
    public InferenceQueueFullException(string message, TimeSpan retryAfter)
        : base(message) => RetryAfter = retryAfter;

    /// <inheritdoc/>
    public TimeSpan RetryAfter { get; }
}

/// <summary>The job's time limit passed; it was stopped.</summary>
public sealed class InferenceTimedOutException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public InferenceTimedOutException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The worker process can not be started, or ends again at once. The message says why, as far as it is known.</summary>
public sealed class WorkerUnavailableException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public WorkerUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The worker process ended in the middle of the job. It is started again; the job may be sent again.</summary>
public sealed class WorkerEndedException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public WorkerEndedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The inference failed inside the worker, which goes on. The message names the image, the step and what to do.</summary>
public sealed class InferenceFailedException : InferenceDispatchException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public InferenceFailedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
