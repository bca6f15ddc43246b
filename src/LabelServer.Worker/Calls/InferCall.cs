using System.Diagnostics;
using Grpc.Core;
using LabelServer.Imaging.Formats;
using LabelServer.Inference.Pipelines;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Calls;

/// <summary>One inference from its first message to its last.</summary>
/// <remarks>The image is decoded while it arrives and the result is sent while it is written; neither is ever held as bytes.</remarks>
internal sealed class InferCall(InferenceLanes lanes, DeviceInventory devices, ILogger<InferCall> logger) : ImageCall<InferenceResult>(lanes, devices, logger)
{
    /// <inheritdoc/>
    protected override string Kind => "inference";

    /// <inheritdoc/>
    protected override Task<InferenceResult> ComputeAsync(IBundleRunner runner, InferenceRequest request, InferHeader header, IProgress<InferenceProgress> progress, CancellationToken cancellationToken) =>
        runner.RunAsync(request, progress, cancellationToken);

    /// <inheritdoc/>
    protected override async Task SendAsync(InferenceResult result, InferHeader header, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken)
    {
        using var owned = result;
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
}
