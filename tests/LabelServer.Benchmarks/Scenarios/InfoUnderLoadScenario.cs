using System.Diagnostics;
using System.Text.Json.Nodes;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>How long <c>/info/</c> takes while a segmentation with the real network runs, from the request to the last byte, <c>--clients</c> at a time; at 3 mm, with <c>--highres yes</c> at 1.5 mm.</summary>
internal static class InfoUnderLoadScenario
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs it.</summary>
    public static async Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var highres = options.Text("highres") == "yes";
        using var folder = new ScenarioFolder();
        WholeBodyBundle.Write(folder.Path);
        var (id, what) = await ScenarioInputs.AddScanAsync(folder.Studies, options, cancellationToken);
        string[] arguments = ["--conf", "models", WholeBodyBundle.Name, "--conf", "models_dir", Path.Combine(folder.Path, "models"), "--conf", "result_cache", "off"];
        await using var server = await BenchServer.StartAsync(folder, options, arguments, cancellationToken);
        var worker = await server.WaitForWorkerAsync(cancellationToken);
        var idle = await AskAsync(server, Task.Delay(TimeSpan.FromSeconds(3), cancellationToken), cancellationToken);
        var inference = server.InferAsync(WholeBodyBundle.Name, id, new JsonObject { ["highres"] = highres, ["precision"] = options.Text("precision") ?? "float32" }, cancellationToken);
        var clients = options.Whole("clients", 1);
        var busy = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => AskAsync(server, inference, cancellationToken)));
        var (time, latencies) = await inference;
        return new()
        {
            ["image"] = what,
            ["highres"] = highres,
            ["clients"] = clients,
            ["idleMilliseconds"] = Statistics.Milliseconds(idle),
            ["busyMilliseconds"] = Statistics.Milliseconds(busy.SelectMany(t => t)),
            ["inferenceSeconds"] = Math.Round(time.TotalSeconds, 2),
            ["latencies"] = latencies,
            ["server"] = ProcessMeter.Read(server.Id),
            ["worker"] = ProcessMeter.Read(worker),
        };
    }

    private static async Task<List<TimeSpan>> AskAsync(BenchServer server, Task until, CancellationToken cancellationToken)
    {
        var times = new List<TimeSpan>();
        while (!until.IsCompleted)
        {
            var watch = Stopwatch.StartNew();
            await server.Client.GetByteArrayAsync(new Uri("/info/", UriKind.Relative), cancellationToken);
            times.Add(watch.Elapsed);
            await Task.Delay(Pause, cancellationToken);
        }

        return times;
    }
}
