using Grpc.Core;
using LabelServer.Worker.Contract;
using LabelServer.Workers;

namespace LabelServer.Training;

/// <summary>Runs trainings, each in a worker process of its own that gives way to the one that infers and ends with the training.</summary>
internal sealed class TrainExchange(WorkerOptions options, ILoggerFactory loggers, TimeProvider time) : ITrainingWorker
{
    private const string KindKey = "labelserver-kind";

    // The connection breaks a moment before the system reports the exit.
    private static readonly TimeSpan ExitNotice = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task TrainAsync(TrainRequest request, string? gpus, Action<TrainEvent> onEvent, CancellationToken cancellationToken)
    {
        var own = options with { IsBackground = true, Trains = true, VisibleGpus = gpus ?? options.VisibleGpus };
        await using var worker = await WorkerProcess.StartAsync(own, new WorkerLog(loggers.CreateLogger<WorkerLog>()), time, cancellationToken);
        try
        {
            if (worker.Description.TorchProblem is { Length: > 0 } problem)
                throw new TrainingFailedException($"The worker can not load libtorch: {problem} Run: labelserver doctor");
            await ReadAsync(worker, request, onEvent, cancellationToken);
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw await ExplainAsync(error, worker);
        }
        finally
        {
            // A step that takes longer is not waited for: the last epoch is on disk.
            await worker.EndAsync(options.CancelGrace);
        }
    }

    private static async Task ReadAsync(WorkerProcess worker, TrainRequest request, Action<TrainEvent> onEvent, CancellationToken cancellationToken)
    {
        using var call = worker.Client.Train(request, cancellationToken: cancellationToken);
        var hasEnded = false;
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            onEvent(message);
            hasEnded |= message.EventCase == TrainEvent.EventOneofCase.Ended;
        }

        if (!hasEnded)
            throw new TrainingWorkerLostException("The worker's events broke off before the end of the training.", null);
    }

    private static async Task<Exception> ExplainAsync(RpcException error, WorkerProcess worker)
    {
        if (Enum.TryParse<FailureKind>(error.Trailers.GetValue(KindKey), out var kind))
        {
            return kind switch
            {
                FailureKind.Memory => new TrainingMemoryException(error.Status.Detail, error),
                FailureKind.Internal or FailureKind.Step => new TrainingFailedException(error.Status.Detail, error),
                _ => new TrainingRefusedException(error.Status.Detail, error),
            };
        }

        await Task.WhenAny(worker.Exited, Task.Delay(ExitNotice));
        return worker.Exited.IsCompleted
            ? new TrainingWorkerLostException($"The worker process ended ({WorkerProcess.Describe(await worker.Exited)}).{(worker.LastLines.Count == 0 ? string.Empty : $" Its last words: {string.Join(" | ", worker.LastLines.TakeLast(3))}")}", error)
            : new TrainingFailedException($"The call to the worker failed: {error.StatusCode}: {error.Status.Detail}", error);
    }
}
