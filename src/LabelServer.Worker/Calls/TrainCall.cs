using Grpc.Core;
using LabelServer.Learning.Training;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>One training from its request to its last event.</summary>
internal sealed partial class TrainCall(ILogger<TrainCall> logger)
{
    /// <summary>Serves the call.</summary>
    /// <exception cref="RpcException">It failed; the status says why, the trailer which kind of failure it is.</exception>
    public async Task RunAsync(TrainRequest request, IServerStreamWriter<TrainEvent> down, CancellationToken cancellationToken)
    {
        var bundle = Path.GetFileName(Path.TrimEndingDirectorySeparator(request.BundleFolder));
        var events = new EventSender<TrainingEvent, TrainEvent>(TrainMessages.ToMessage);
        var sending = events.SendAsync(down, cancellationToken);
        try
        {
            var training = new BundleTraining(TrainMessages.ToRequest(request), TimeProvider.System);
            var outcome = await Task.Run(() => training.RunAsync(events, cancellationToken), cancellationToken);
            events.Report(TrainMessages.ToEnd(outcome));
        }
        catch (Exception error) when (error is OperationCanceledException || cancellationToken.IsCancellationRequested)
        {
            LogCancelled(bundle);
            throw new RpcException(new Status(StatusCode.Cancelled, $"The training of {bundle} was stopped. Its last saved epoch stays."));
        }
        catch (Exception error) when (error is not RpcException)
        {
            LogFailed(error, bundle);
            throw Failure.ToTrainingRpc(error, bundle);
        }
        finally
        {
            events.Complete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The training of {Bundle} was stopped.")]
    private partial void LogCancelled(string bundle);

    [LoggerMessage(2, LogLevel.Error, "The training of {Bundle} failed.")]
    private partial void LogFailed(Exception error, string bundle);
}
