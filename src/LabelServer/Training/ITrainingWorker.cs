using LabelServer.Worker.Contract;

namespace LabelServer.Training;

/// <summary>Where trainings are computed. The default is a process of this machine; a cluster may know others.</summary>
internal interface ITrainingWorker
{
    /// <summary>Trains to the end.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="gpus">The GPUs that may be used, as <c>CUDA_VISIBLE_DEVICES</c> takes them; null for the server's.</param>
    /// <param name="onEvent">Told each event, in order; returns at once.</param>
    /// <param name="cancellationToken">Stops within about 2 s. What was saved stays.</param>
    /// <exception cref="TrainingJobException">It broke off; see the types.</exception>
    /// <exception cref="Inference.WorkerUnavailableException">The worker cannot be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task TrainAsync(TrainRequest request, string? gpus, Action<TrainEvent> onEvent, CancellationToken cancellationToken);
}
