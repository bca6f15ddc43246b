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
try
{
    await app.StartAsync();
}
catch (OperationCanceledException)
{
    // The server was gone before this worker took calls.
    return 0;
}

await Console.Out.WriteLineAsync(WorkerHost.ReadyLine);
await app.WaitForShutdownAsync();
return 0;
