using Grpc.Core;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Uncertainty;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Calls;

/// <summary>One measurement of how uncertain a network is about an image.</summary>
internal sealed partial class MeasureCall(InferenceLanes lanes, DeviceInventory devices, ILogger<MeasureCall> logger)
{
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
                var result = await MeasureAsync(upload, held.Lane, device, down, cancellationToken);
                await down.WriteAsync(new InferDownload { Measured = ToMessage(result) }, cancellationToken);
            }
            finally
            {
                NativeMemory.Trim();
            }
        }
        catch (Exception error) when (error is OperationCanceledException || cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, $"The measurement of '{name}' was cancelled."));
        }
        catch (Exception error) when (error is not RpcException)
        {
            if (Failure.KindOf(error) == FailureKind.Memory)
                runners?.Clear();
            LogFailed(error, name);
            throw Failure.ToRpc(error, name);
        }
    }

    private static async Task<UncertaintyResult> MeasureAsync(ImageUpload upload, InferenceLane lane, string device, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken)
    {
        var request = InferMessages.ToRequest(upload.Header) with { Device = lane.DeviceFor(device) };
        var options = ToOptions(upload.Header.Measure ?? new MeasureParameters());
        var progress = new ProgressSender();
        var sending = progress.SendAsync(down, cancellationToken);
        try
        {
            return await Task.Run(() => RunAsync(upload, lane.Runners, request, options, progress, cancellationToken), cancellationToken);
        }
        finally
        {
            progress.Complete();
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<UncertaintyResult> RunAsync(ImageUpload upload, BundleRunnerCache runners, InferenceRequest request, UncertaintyOptions options, ProgressSender progress, CancellationToken cancellationToken)
    {
        var runner = runners.Get(upload.Header.BundleFolder);
        if (upload.Header.Parts > 1)
        {
            using var volume = await ImageSpool.ReadAsync(upload, cancellationToken);
            return await runner.MeasureAsync(request with { Volume = volume }, options, progress, cancellationToken);
        }

        await using var part = await upload.NextPartAsync(cancellationToken);
        return await runner.MeasureAsync(request with { Image = part.Content }, options, progress, cancellationToken);
    }

    private static UncertaintyOptions ToOptions(MeasureParameters parameters) => new()
    {
        Method = parameters.Flips ? UncertaintyMethod.Flips : UncertaintyMethod.Dropout,
        Repetitions = parameters.Repetitions,
        Dropout = parameters.Flips ? 0.5 : parameters.Dropout,
        Seed = parameters.Seed,
    };

    private static MeasureResult ToMessage(UncertaintyResult result)
    {
        var message = new MeasureResult { Entropy = result.Entropy, Variance = result.Variance, Repetitions = result.Repetitions };
        message.Volumes.AddRange(result.Volumes);
        message.Features.AddRange(result.Features);
        return message;
    }

    [LoggerMessage(1, LogLevel.Error, "The measurement of '{Image}' failed.")]
    private partial void LogFailed(Exception error, string image);
}
