using Grpc.Core;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Uncertainty;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Calls;

/// <summary>One measurement of how uncertain a network is about an image.</summary>
internal sealed class MeasureCall(InferenceLanes lanes, DeviceInventory devices, ILogger<MeasureCall> logger) : ImageCall<UncertaintyResult>(lanes, devices, logger)
{
    /// <inheritdoc/>
    protected override string Kind => "measurement";

    /// <inheritdoc/>
    protected override Task<UncertaintyResult> ComputeAsync(IBundleRunner runner, InferenceRequest request, InferHeader header, IProgress<InferenceProgress> progress, CancellationToken cancellationToken) =>
        runner.MeasureAsync(request, ToOptions(header.Measure ?? new MeasureParameters()), progress, cancellationToken);

    /// <inheritdoc/>
    protected override Task SendAsync(UncertaintyResult result, InferHeader header, IServerStreamWriter<InferDownload> down, CancellationToken cancellationToken) =>
        down.WriteAsync(new InferDownload { Measured = ToMessage(result) }, cancellationToken);

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
}
