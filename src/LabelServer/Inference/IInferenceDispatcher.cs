namespace LabelServer.Inference;

/// <summary>Gives inference jobs to whatever computes them. The embedded one runs a worker process beside the server; another one may choose among machines.</summary>
/// <remarks>Safe for concurrent use. An implementation bounds how many jobs wait, so that a burst of requests is refused early instead of filling the memory.</remarks>
public interface IInferenceDispatcher
{
    /// <summary>How many jobs run and wait at this moment; for health checks and metrics.</summary>
    InferenceQueueState Queue { get; }

    /// <summary>Segments one image.</summary>
    /// <param name="job">What to run on what. Its streams are opened when the job's turn comes, and closed by the dispatcher.</param>
    /// <param name="progress">Told about stages and shares done; may be called from any thread.</param>
    /// <param name="cancellationToken">Stops the job: while it waits, at once; while it runs, at the next window.</param>
    /// <returns>The answer, owned by the caller: dispose it to free the result file.</returns>
    /// <exception cref="InferenceQueueFullException">Too many jobs wait already.</exception>
    /// <exception cref="ModelUnknownException">No model has that name.</exception>
    /// <exception cref="ModelNotUsableException">The model's weights or configs are missing or unusable.</exception>
    /// <exception cref="ParameterRefusedException">A parameter has a value that the model can not take.</exception>
    /// <exception cref="ImageRefusedException">The image can not be read, or is not what the model takes.</exception>
    /// <exception cref="InferenceMemoryException">The device has not enough memory for it.</exception>
    /// <exception cref="InferenceTimedOutException">The job's time limit passed.</exception>
    /// <exception cref="WorkerUnavailableException">The worker process can not be started.</exception>
    /// <exception cref="WorkerEndedException">The worker process ended in the middle of the job.</exception>
    /// <exception cref="InferenceFailedException">The inference failed for another reason; the message says at which step.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<InferenceAnswer> InferAsync(InferenceJob job, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken);
}
