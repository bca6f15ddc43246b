using Grpc.Core;
using LabelServer.Learning.Evaluation;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>One evaluation from its request to its last event.</summary>
internal sealed partial class EvaluateCall(InferenceLanes lanes, ILogger<EvaluateCall> logger)
{
    /// <summary>Serves the call.</summary>
    /// <exception cref="RpcException">It failed; the status says why, the trailer which kind of failure it is.</exception>
    public async Task RunAsync(EvaluateRequest request, IServerStreamWriter<EvaluateEvent> down, CancellationToken cancellationToken)
    {
        var bundle = Path.GetFileName(Path.TrimEndingDirectorySeparator(request.BundleFolder));
        var events = new EventSender<EvaluationEvent, EvaluateEvent>(EvaluateMessages.ToMessage);
        var sending = events.SendAsync(down, cancellationToken);
        try
        {
            using var held = await lanes.EnterAsync(string.Empty, cancellationToken);
            var evaluation = new BundleEvaluation(EvaluateMessages.ToRequest(request), TimeProvider.System);
            var outcome = await Task.Run(() => evaluation.RunAsync(events, cancellationToken), cancellationToken);
            events.Report(EvaluateMessages.ToEnd(outcome));
            events.Complete();
            await sending;
        }
        catch (Exception error) when (error is OperationCanceledException || cancellationToken.IsCancellationRequested)
        {
            LogCancelled(bundle);
            throw new RpcException(new Status(StatusCode.Cancelled, $"The evaluation of {bundle} was stopped."));
        }
        catch (Exception error) when (error is not RpcException)
        {
            LogFailed(error, bundle);
            throw Failure.ToEvaluationRpc(error, bundle);
        }
        finally
        {
            events.Complete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            NativeMemory.Trim();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The evaluation of {Bundle} was stopped.")]
    private partial void LogCancelled(string bundle);

    [LoggerMessage(2, LogLevel.Error, "The evaluation of {Bundle} failed.")]
    private partial void LogFailed(Exception error, string bundle);
}
