using Grpc.Core;
using LabelServer.Worker.Contract;
using LabelServer.Workers;

namespace LabelServer.BundleRuns;

/// <summary>Turns a failed call to the worker into what the command says.</summary>
internal static class BundleRunErrors
{
    private const string KindKey = "labelserver-kind";

    // The connection breaks a moment before the system reports the exit.
    private static readonly TimeSpan ExitNotice = TimeSpan.FromSeconds(2);

    /// <summary>The exception for a call that failed.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="worker">The worker that was called.</param>
    /// <param name="doing">What it did, such as <c>training spleen_ct_segmentation</c>.</param>
    public static async Task<Exception> ExplainAsync(RpcException error, WorkerProcess worker, string doing)
    {
        if (Enum.TryParse<FailureKind>(error.Trailers.GetValue(KindKey), out _))
        {
            return new BundleRunException(error.Status.Detail, error);
        }

        await Task.WhenAny(worker.Exited, Task.Delay(ExitNotice));
        return worker.Exited.IsCompleted
            ? new BundleRunException(
                $"The worker process ended while {doing} ({WorkerProcess.Describe(await worker.Exited)}). Its last words: {string.Join(" | ", worker.LastLines.TakeLast(5))} "
                + "If memory ran out, take a smaller batch_size or roi_size.",
                error)
            : new BundleRunException($"The call to the worker failed while {doing}: {error.StatusCode}: {error.Status.Detail}", error);
    }
}
