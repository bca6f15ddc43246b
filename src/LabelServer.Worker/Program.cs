using LabelServer.Worker.Devices;
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

await using var app = WorkerHost.Create(start, bundles: null, Console.In);

// Loading libtorch takes longer than starting the host, so the two go side by side. What fails here is told when the server asks for the devices.
var looking = Task.Run(() => app.Services.GetRequiredService<DeviceInventory>().Devices);
try
{
    await app.StartAsync();
}
catch (OperationCanceledException)
{
    // The server was gone before this worker took calls.
    await ((Task)looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    return 0;
}

await Console.Out.WriteLineAsync(WorkerHost.ReadyLine);
await app.WaitForShutdownAsync();
await ((Task)looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
return 0;
