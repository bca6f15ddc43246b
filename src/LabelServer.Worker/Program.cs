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
await app.StartAsync();
await Console.Out.WriteLineAsync(WorkerHost.ReadyLine);
await app.WaitForShutdownAsync();
return 0;
