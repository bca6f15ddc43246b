using LabelServer.Inference.Pipelines;
using LabelServer.Learning.Networks;
using LabelServer.Worker.Calls;
using LabelServer.Worker.Hosting;

ProcessGroup.Leave();
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

var bundles = new BundleOpener(() => new BundleRunnerFactory(new TorchNetworkFactory()));
await using var app = WorkerHost.Create(start, bundles, Console.In);
await app.StartAsync();
await Console.Out.WriteLineAsync(WorkerHost.ReadyLine);
await app.WaitForShutdownAsync();
return 0;
