using System.Diagnostics;
using System.Reflection;
using Grpc.Core;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Calls;

/// <summary>The service of <c>Protos/worker.proto</c>.</summary>
internal sealed class WorkerGrpcService(DeviceInventory devices, BundleRunnerCache runners, InferenceSlot slot, ILogger<InferCall> inferLogger, ILogger<MeasureCall> measureLogger, ILogger<TrainCall> trainLogger) : WorkerService.WorkerServiceBase
{
    /// <inheritdoc/>
    public override Task<DescribeReply> Describe(DescribeRequest request, ServerCallContext context)
    {
        using var process = Process.GetCurrentProcess();
        var reply = new DescribeReply
        {
            ProcessId = Environment.ProcessId,
            Version = typeof(WorkerGrpcService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty,
            TorchVersion = devices.TorchVersion,
            TorchProblem = devices.TorchProblem,
            Threads = devices.Threads,
            ResidentBytes = process.WorkingSet64,
            PeakResidentBytes = process.PeakWorkingSet64,
            Running = slot.Running,
        };
        reply.Devices.AddRange(devices.Devices);
        reply.LoadedBundles.AddRange(runners.Folders);
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task Infer(IAsyncStreamReader<InferUpload> requestStream, IServerStreamWriter<InferDownload> responseStream, ServerCallContext context) =>
        new InferCall(runners, slot, inferLogger).RunAsync(requestStream, responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override Task Measure(IAsyncStreamReader<InferUpload> requestStream, IServerStreamWriter<InferDownload> responseStream, ServerCallContext context) =>
        new MeasureCall(runners, slot, measureLogger).RunAsync(requestStream, responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override Task Train(TrainRequest request, IServerStreamWriter<TrainEvent> responseStream, ServerCallContext context) =>
        new TrainCall(trainLogger).RunAsync(request, responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override async Task<AwaitIdleReply> AwaitIdle(AwaitIdleRequest request, ServerCallContext context)
    {
        using var held = await slot.EnterAsync(context.CancellationToken);
        return new AwaitIdleReply();
    }
}
