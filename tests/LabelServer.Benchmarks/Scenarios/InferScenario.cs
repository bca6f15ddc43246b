using System.Text.Json.Nodes;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>A whole inference by HTTP with the real network and random weights: the first one after the start, later ones without and with the caches; and the network alone beside a matrix product.</summary>
internal static class InferScenario
{
    /// <summary>Runs it.</summary>
    /// <param name="highres">1.5 mm, else 3 mm.</param>
    /// <param name="options"><c>--precision</c>, <c>--repeat</c>, <c>--image</c> or <c>--size</c> and <c>--spacing</c>, <c>--cached no</c> and <c>--network no</c> leave out a part.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<JsonObject> RunAsync(bool highres, ScenarioOptions options, CancellationToken cancellationToken)
    {
        var precision = options.Text("precision") ?? "float32";
        using var folder = new ScenarioFolder();
        WholeBodyBundle.Write(folder.Path);
        var (id, what) = await ScenarioInputs.AddScanAsync(folder.Studies, options, cancellationToken);
        var report = new JsonObject
        {
            ["image"] = what,
            ["precision"] = precision,
            ["highres"] = highres,
            ["withoutCaches"] = await MeasureAsync("off", options.Whole("repeat", 2)),
        };
        if (options.Text("cached") != "no")
            report["withCaches"] = await MeasureAsync("on", 1);
        if (options.Text("network") != "no")
            report["network"] = await InnerProcess.RunAsync(NetworkScenario.Name, ["--precision", precision], isTraining: false, cancellationToken);
        return report;

        async Task<JsonObject> MeasureAsync(string caches, int repeat)
        {
            string[] arguments = ["--conf", "models", WholeBodyBundle.Name, "--conf", "models_dir", Path.Combine(folder.Path, "models"), "--conf", "result_cache", caches];
            await using var server = await BenchServer.StartAsync(folder, options, arguments, cancellationToken);
            var worker = await server.WaitForWorkerAsync(cancellationToken);
            var runs = new JsonArray();
            for (var run = 0; run <= repeat; run++)
            {
                // With the caches the second request asks for another format of the same.
                var parameters = new JsonObject { ["highres"] = highres, ["precision"] = precision, ["result_extension"] = caches == "on" && run > 0 ? ".nii.gz" : ".nrrd" };
                var (time, latencies) = await server.InferAsync(WholeBodyBundle.Name, id, parameters, cancellationToken);
                runs.Add(new JsonObject { ["seconds"] = Math.Round(time.TotalSeconds, 3), ["latencies"] = latencies });
            }

            return new() { ["runs"] = runs, ["server"] = ProcessMeter.Read(server.Id), ["worker"] = ProcessMeter.Read(worker) };
        }
    }
}
