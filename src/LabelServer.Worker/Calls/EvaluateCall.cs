using System.Threading.Channels;
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
        var events = Channel.CreateUnbounded<EvaluateEvent>(new UnboundedChannelOptions { SingleReader = true });
        var sending = SendAsync(events.Reader, down, cancellationToken);
        try
        {
            using var held = await lanes.EnterAsync(string.Empty, cancellationToken);
            var evaluation = new BundleEvaluation(EvaluateMessages.ToRequest(request), TimeProvider.System);
            var outcome = await Task.Run(() => evaluation.RunAsync(new Sender(events.Writer), cancellationToken), cancellationToken);
            events.Writer.TryWrite(EvaluateMessages.ToEnd(outcome));
            events.Writer.TryComplete();
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
            events.Writer.TryComplete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            NativeMemory.Trim();
        }
    }

    private static async Task SendAsync(ChannelReader<EvaluateEvent> events, IServerStreamWriter<EvaluateEvent> down, CancellationToken cancellationToken)
    {
        await foreach (var message in events.ReadAllAsync(cancellationToken))
        {
            await down.WriteAsync(message, cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The evaluation of {Bundle} was stopped.")]
    private partial void LogCancelled(string bundle);

    [LoggerMessage(2, LogLevel.Error, "The evaluation of {Bundle} failed.")]
    private partial void LogFailed(Exception error, string bundle);

    private sealed class Sender(ChannelWriter<EvaluateEvent> events) : IProgress<EvaluationEvent>
    {
        public void Report(EvaluationEvent value) => events.TryWrite(EvaluateMessages.ToMessage(value));
    }
}
