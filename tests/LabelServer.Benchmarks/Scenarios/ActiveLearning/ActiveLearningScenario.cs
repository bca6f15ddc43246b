using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Testing;

namespace LabelServer.Benchmarks.Scenarios.ActiveLearning;

/// <summary>A simulated annotator on the hippocampus set: how the Dice on images that nobody labels grows with the labelled ones, for each strategy and seed; labels are revealed as they are asked for.</summary>
/// <remarks>
/// <para>Everything goes through the real server and its workers: next sample, submit, training, inference and scoring. Results are kept after each run of one strategy and seed, so that a scenario that was stopped goes on where it was.</para>
/// <para>Options: <c>--results FILE</c>, <c>--strategies random,epistemic,…</c>, <c>--seeds 1,2,3</c>, <c>--minutes N</c> (no further run begins after them), and those of <see cref="CurveSettings"/>.</para>
/// </remarks>
internal static class ActiveLearningScenario
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Runs what is missing and reports what is there.</summary>
    public static async Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var settings = CurveSettings.From(options);
        var images = LabelledImage.ReadAll(options.Text("data") ?? Path.Combine(SharedFolders.Data ?? throw new InvalidOperationException("No shared data folder: set LABELSERVER_DATA, or give --data."), "mr", "hippocampus"));
        var file = options.Text("results") ?? "active-learning.json";
        var results = await ReadAsync(file, settings, cancellationToken);
        var (since, most) = (Stopwatch.GetTimestamp(), TimeSpan.FromMinutes(options.Whole("minutes", 24 * 60)));
        foreach (var seed in List(options, "seeds", "1,2,3").Select(s => int.Parse(s, CultureInfo.InvariantCulture)))
        {
            foreach (var strategy in List(options, "strategies", string.Join(',', AnnotationRun.Strategies.Keys)))
            {
                var runs = results["runs"]!.AsArray();
                if (Stopwatch.GetElapsedTime(since) > most || runs.Any(r => (string)r!["strategy"]! == strategy && (int)r["seed"]! == seed))
                    continue;
                runs.Add(await RunOneAsync(strategy, seed, settings, images, options, cancellationToken));
                await File.WriteAllTextAsync(file, results.ToJsonString(Indented), cancellationToken);
            }
        }

        return new() { ["settings"] = settings.ToJson(), ["images"] = images.Count, ["curves"] = CurveTable.Of(results["runs"]!.AsArray()), ["hardest"] = CurveTable.Correlations(results["runs"]!.AsArray()) };
    }

    private static async Task<JsonObject> RunOneAsync(string strategy, int seed, CurveSettings settings, IReadOnlyList<LabelledImage> images, ScenarioOptions options, CancellationToken cancellationToken)
    {
        using var folder = new ScenarioFolder();
        var models = Path.Combine(folder.Path, "models");
        SmallSegmentationBundle.Write(models, settings);
        var pool = images.Take(settings.Pool).ToList();
        foreach (var image in pool)
            await File.WriteAllBytesAsync(Path.Combine(folder.Studies, image.FileName), image.Image, cancellationToken);
        var since = Stopwatch.GetTimestamp();

        // Scores are brought up to date by the scenario, which waits for them.
        await using var server = await BenchServer.StartAsync(
            folder, options, ["--conf", "models", SmallSegmentationBundle.Name, "--conf", "models_dir", models], cancellationToken, new Dictionary<string, string> { ["MONAI_LABEL_AUTO_UPDATE_SCORING"] = "false" });
        var run = new AnnotationRun(new SimulatedAnnotator(server), settings, pool, [.. images.TakeLast(settings.Validation)]);
        var rounds = await run.RunAsync(strategy, seed, cancellationToken);
        return new() { ["strategy"] = strategy, ["seed"] = seed, ["seconds"] = Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 1), ["cpuSeconds"] = Math.Round(ProcessMeter.TreeSeconds(server.Id), 1), ["rounds"] = rounds };
    }

    private static async Task<JsonObject> ReadAsync(string file, CurveSettings settings, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return new() { ["settings"] = settings.ToJson(), ["runs"] = new JsonArray() };
        var found = JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken))!.AsObject();
        return JsonNode.DeepEquals(found["settings"], settings.ToJson()) ? found : throw new InvalidOperationException($"{file} holds results of other settings: {found["settings"]!.ToJsonString()}. Name another file.");
    }

    private static string[] List(ScenarioOptions options, string key, string otherwise) => (options.Text(key) ?? otherwise).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
