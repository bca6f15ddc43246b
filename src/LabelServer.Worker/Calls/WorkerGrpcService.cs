using System.Diagnostics;
using System.Reflection;
using Grpc.Core;
using LabelServer.Inference.Networks;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;
using LabelServer.Worker.Exports;

namespace LabelServer.Worker.Calls;

/// <summary>The service of <c>Protos/worker.proto</c>.</summary>
internal sealed class WorkerGrpcService(DeviceInventory devices, InferenceLanes lanes, INetworkFactory networks, ExportCheck exports, DeviceBenchmark benchmark, ILoggerFactory loggers) : WorkerService.WorkerServiceBase
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
            OnnxVersion = devices.OnnxVersion,
            OnnxProblem = devices.OnnxProblem,
            Lanes = lanes.Count,
            Running = lanes.Running,
        };
        reply.Devices.AddRange(devices.Devices);
        reply.OnnxProviders.AddRange(devices.OnnxProviders);
        reply.LoadedBundles.AddRange(lanes.Folders);
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task Infer(IAsyncStreamReader<InferUpload> requestStream, IServerStreamWriter<InferDownload> responseStream, ServerCallContext context) =>
        new InferCall(lanes, devices, loggers.CreateLogger<InferCall>()).RunAsync(requestStream, responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override Task Measure(IAsyncStreamReader<InferUpload> requestStream, IServerStreamWriter<InferDownload> responseStream, ServerCallContext context) =>
        new MeasureCall(lanes, devices, loggers.CreateLogger<MeasureCall>()).RunAsync(requestStream, responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override Task Train(TrainRequest request, IServerStreamWriter<TrainEvent> responseStream, ServerCallContext context) =>
#if TORCH
        new TrainCall(loggers.CreateLogger<TrainCall>()).RunAsync(request, responseStream, context.CancellationToken);
#else
        throw new RpcException(new Status(StatusCode.FailedPrecondition, "This installation has no libtorch, so it can not train. Build it without -p:Torch=false."));
#endif

    /// <inheritdoc/>
    public override Task Export(ExportRequest request, IServerStreamWriter<ExportDownload> responseStream, ServerCallContext context) =>
        new ExportCall(networks, exports, loggers.CreateLogger<ExportCall>()).RunAsync(request, responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override async Task Benchmark(BenchmarkRequest request, IServerStreamWriter<BenchmarkResult> responseStream, ServerCallContext context)
    {
        await foreach (var result in benchmark.RunAsync(request, context.CancellationToken))
            await responseStream.WriteAsync(result, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task Evaluate(EvaluateRequest request, IServerStreamWriter<EvaluateEvent> responseStream, ServerCallContext context) =>
#if TORCH
        new EvaluateCall(lanes, loggers.CreateLogger<EvaluateCall>()).RunAsync(request, responseStream, context.CancellationToken);
#else
        throw new RpcException(new Status(StatusCode.FailedPrecondition, "This installation has no libtorch, so it can not evaluate. Build it without -p:Torch=false."));
#endif

    /// <inheritdoc/>
    public override async Task<AwaitIdleReply> AwaitIdle(AwaitIdleRequest request, ServerCallContext context)
    {
        await lanes.AwaitIdleAsync(context.CancellationToken);
        return new AwaitIdleReply();
    }
}
