using Grpc.Core;
using LabelServer.Inference.Pipelines;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Calls;

/// <summary>A call about one image, from its first message to its last: it waits for a lane, decodes the image while it arrives and tells meanwhile how far it is.</summary>
/// <typeparam name="TResult">What is computed.</typeparam>
internal abstract partial class ImageCall<TResult>(InferenceLanes lanes, DeviceInventory devices, ILogger logger)
{
    /// <summary>What the call is, for messages: "inference".</summary>
    protected abstract string Kind { get; }

    /// <summary>Serves the call.</summary>
    /// <exception cref="RpcException">It failed; the status says why, the trailer which kind of failure it is.</exception>
    public async Task RunAsync(IAsyncStreamReader<InferUpload> up, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken)
    {
        var upload = await ImageUpload.OpenAsync(up, cancellationToken);
        var name = upload.Header.ImageName;
        BundleRunnerCache? runners = null;
        try
        {
            var device = devices.IdOf(upload.Header.Parameters?.Device ?? string.Empty);
            using var held = await lanes.EnterAsync(device, cancellationToken);
            runners = held.Lane.Runners;
            try
            {
                var request = InferMessages.ToRequest(upload.Header) with { Device = held.Lane.DeviceFor(device) };
                var result = await WithProgressAsync(upload, runners, request, down, cancellationToken);
                await SendAsync(result, upload.Header, down, cancellationToken);
            }
            finally
            {
                NativeMemory.Trim();
            }
        }
        catch (Exception error) when (error is OperationCanceledException || cancellationToken.IsCancellationRequested)
        {
            LogCancelled(Kind, name);
            throw new RpcException(new Status(StatusCode.Cancelled, $"The {Kind} of '{name}' was cancelled."));
        }
        catch (Exception error) when (error is not RpcException)
        {
            var kind = Failure.KindOf(error);
            if (kind == FailureKind.Memory)
                runners?.Clear();
            if (kind is FailureKind.Image or FailureKind.Parameter or FailureKind.Model)
                LogRefused(Kind, name, kind, error.Message);
            else
                LogFailed(error, Kind, name, kind);
            throw Failure.ToRpc(error, name);
        }
    }

    /// <summary>Computes the result. Called on a thread of its own: pipelines compute on the thread they are called on, and the one that serves the call stays free.</summary>
    /// <param name="runner">The bundle.</param>
    /// <param name="request">The request with its image.</param>
    /// <param name="header">The call's first message.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    protected abstract Task<TResult> ComputeAsync(IBundleRunner runner, InferenceRequest request, InferHeader header, IProgress<InferenceProgress> progress, CancellationToken cancellationToken);

    /// <summary>Sends the result, and frees it.</summary>
    protected abstract Task SendAsync(TResult result, InferHeader header, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken);

    private async Task<TResult> WithProgressAsync(ImageUpload upload, BundleRunnerCache runners, InferenceRequest request, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken)
    {
        var progress = new ProgressSender();
        var sending = progress.SendAsync(down, cancellationToken);
        try
        {
            return await Task.Run(() => WithImageAsync(upload, runners, request, progress, cancellationToken), cancellationToken);
        }
        finally
        {
            progress.Complete();
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TResult> WithImageAsync(ImageUpload upload, BundleRunnerCache runners, InferenceRequest request, ProgressSender progress, CancellationToken cancellationToken)
    {
        progress.Report(new InferenceProgress(InferenceStage.Loading, 0, 0, 0));
        var runner = runners.Get(upload.Header.BundleFolder);
        if (upload.Header.Parts > 1)
        {
            using var volume = await ImageSpool.ReadAsync(upload, cancellationToken);
            return await ComputeAsync(runner, request with { Volume = volume }, upload.Header, progress, cancellationToken);
        }

        await using var part = await upload.NextPartAsync(cancellationToken);
        return await ComputeAsync(runner, request with { Image = part.Content }, upload.Header, progress, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "The {Kind} of '{Image}' was cancelled.")]
    private partial void LogCancelled(string kind, string image);

    [LoggerMessage(2, LogLevel.Warning, "The {Kind} of '{Image}' was refused ({Failure}): {Reason}")]
    private partial void LogRefused(string kind, string image, FailureKind failure, string reason);

    [LoggerMessage(3, LogLevel.Error, "The {Kind} of '{Image}' failed ({Failure}).")]
    private partial void LogFailed(Exception error, string kind, string image, FailureKind failure);
}
