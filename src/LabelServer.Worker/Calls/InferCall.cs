using System.Diagnostics;
using Grpc.Core;
using LabelServer.Imaging.Formats;
using LabelServer.Inference.Pipelines;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Calls;

/// <summary>One inference from its first message to its last.</summary>
/// <remarks>The image is decoded while it arrives and the result is sent while it is written; neither is ever held as bytes.</remarks>
internal sealed partial class InferCall(InferenceLanes lanes, DeviceInventory devices, ILogger<InferCall> logger)
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
                using var result = await InferAsync(upload, held.Lane, device, down, cancellationToken);
                await SendAsync(result, upload.Header, down, cancellationToken);
            }
            finally
            {
                NativeMemory.Trim();
            }
        }
        catch (Exception error) when (error is OperationCanceledException || cancellationToken.IsCancellationRequested)
        {
            LogCancelled(name);
            throw new RpcException(new Status(StatusCode.Cancelled, $"The inference of '{name}' was cancelled."));
        }
        catch (Exception error) when (error is not RpcException)
        {
            var kind = Failure.KindOf(error);
            if (kind == FailureKind.Memory)
                runners?.Clear();
            if (kind is FailureKind.Image or FailureKind.Parameter or FailureKind.Model)
                LogRefused(name, kind, error.Message);
            else
                LogFailed(error, name, kind);
            throw Failure.ToRpc(error, name);
        }
    }

    private static async Task<InferenceResult> InferAsync(ImageUpload upload, InferenceLane lane, string device, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken)
    {
        var request = InferMessages.ToRequest(upload.Header) with { Device = lane.DeviceFor(device) };
        var progress = new ProgressSender();
        var sending = progress.SendAsync(down, cancellationToken);
        try
        {
            // The pipeline computes on the thread it is called on; the one that serves the call stays free.
            return await Task.Run(() => RunAsync(upload, lane.Runners, request, progress, cancellationToken), cancellationToken);
        }
        finally
        {
            progress.Complete();
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<InferenceResult> RunAsync(ImageUpload upload, BundleRunnerCache runners, InferenceRequest request, ProgressSender progress, CancellationToken cancellationToken)
    {
        progress.Report(new InferenceProgress(InferenceStage.Loading, 0, 0, 0));
        var runner = runners.Get(upload.Header.BundleFolder);
        if (upload.Header.Parts > 1)
        {
            using var volume = await ImageSpool.ReadAsync(upload, cancellationToken);
            return await runner.RunAsync(request with { Volume = volume }, progress, cancellationToken);
        }

        await using var part = await upload.NextPartAsync(cancellationToken);
        return await runner.RunAsync(request with { Image = part.Content }, progress, cancellationToken);
    }

    private static async Task SendAsync(InferenceResult result, InferHeader header, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken)
    {
        var wanted = header.Parameters.ResultExtension;
        if (!VolumeFileTypes.TryFromName(wanted, out var type))
        {
            throw new InferenceParameterException(
                $"result_extension '{wanted}' can not be written for the image '{header.ImageName}'. Use .nrrd, .seg.nrrd, .nii or .nii.gz.");
        }

        var clock = Stopwatch.StartNew();
        var values = header.Parameters.LabelValues;
        if (values.Count > 0)
            LabelValues.Replace(result.Labels, values);
        await down.WriteAsync(new InferDownload { Progress = new Progress { Phase = Phase.Writing, Fraction = 1 } }, cancellationToken);
        await down.WriteAsync(new InferDownload { Result = InferMessages.ToHeader(result, values, VolumeFileTypes.ExtensionOf(type.Value)) }, cancellationToken);
        await using var stream = new ResultStream(down);
        var options = new VolumeWriteOptions
        {
            Compress = header.Parameters.ResultCompress,
            Segments = [.. result.LabelNames
                .Select(l => (Name: l.Key, Value: LabelValues.Of(l.Value, values)))
                .Where(l => l.Value > 0)
                .OrderBy(l => l.Value)
                .Select(l => new Segment($"Segment_{l.Value}", l.Name, l.Value))],
        };
        await VolumeWriter.WriteAsync(result.Labels, stream, type.Value, options, cancellationToken);
        await down.WriteAsync(new InferDownload { End = InferMessages.ToEnd(result.Latencies, stream.Length, clock.Elapsed) }, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "The inference of '{Image}' was cancelled.")]
    private partial void LogCancelled(string image);

    [LoggerMessage(3, LogLevel.Warning, "The inference of '{Image}' was refused ({Kind}): {Reason}")]
    private partial void LogRefused(string image, FailureKind kind, string reason);

    [LoggerMessage(2, LogLevel.Error, "The inference of '{Image}' failed ({Kind}).")]
    private partial void LogFailed(Exception error, string image, FailureKind kind);
}
