using LabelServer.Inference.Pipelines;
using LabelServer.Learning.Networks;
using LabelServer.Worker.Calls;
using LabelServer.Worker.Hosting;

ProcessGroup.Leave();
ProcessPriority.StepBack();
WorkerStart start;
try
{
    start = await WorkerStart.ReadAsync(Console.In, CancellationToken.None);
}
catch (InvalidDataException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}

var bundles = new BundleOpener(() => new BundleRunnerFactory(new TorchNetworkFactory(), CacheLimits.Of(start.ResultCache)));
await using var app = WorkerHost.Create(start, bundles, Console.In);
await app.StartAsync();
await Console.Out.WriteLineAsync(WorkerHost.ReadyLine);
await app.WaitForShutdownAsync();
return 0;
