using Grpc.Core;
using LabelServer.Inference;
using LabelServer.Worker.Contract;

namespace LabelServer.Workers;

/// <summary>Turns a failed call into the exception that callers of the dispatcher know.</summary>
internal static class WorkerErrors
{
    private const string KindKey = "labelserver-kind";

    // The connection breaks a moment before the system reports the exit.
    private static readonly TimeSpan ExitNotice = TimeSpan.FromSeconds(2);

    /// <summary>The exception for a call that failed.</summary>
    public static async Task<Exception> ToDispatchAsync(RpcException error, WorkerProcess worker, InferenceJob job)
    {
        var text = error.Status.Detail;
        if (Enum.TryParse<FailureKind>(error.Trailers.GetValue(KindKey), out var kind))
        {
            return kind switch
            {
                FailureKind.Image => new ImageRefusedException(text, error),
                FailureKind.Parameter => new ParameterRefusedException(text, error),
                FailureKind.Model => new ModelNotUsableException(text, error),
                FailureKind.Memory => new InferenceMemoryException(text, error),
                _ => new InferenceFailedException(text, error),
            };
        }

        await Task.WhenAny(worker.Exited, Task.Delay(ExitNotice));
        return worker.Exited.IsCompleted
            ? new WorkerEndedException(
                $"The worker process ended while it computed the image '{job.ImageName}' with {job.Model} ({WorkerProcess.Describe(await worker.Exited)}). It is started again: send the request once more. "
                + "If it happens again, try highres false or sw_batch_size 1; the server's log has the worker's last lines.",
                error)
            : new InferenceFailedException($"The call to the worker failed for the image '{job.ImageName}': {error.StatusCode}: {text} Send the request again.", error);
    }
}
