using System.Text.Json.Nodes;
using LabelServer.Learning.Training;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>Training steps of the wholeBody bundle by its own train config, batch 1 of 96³, on one synthetic scan with its label.</summary>
internal static class TrainStepScenario
{
    /// <summary>The part that runs in a process with the worker's environment.</summary>
    public const string Inner = "train-step-inner";

    /// <summary>Runs <see cref="Inner"/> in such a process.</summary>
    public static Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken) => InnerProcess.RunAsync(
        Inner, ["--precision", options.Text("precision") ?? "float32", "--repeat", options.Text("repeat") ?? "3"], cancellationToken);

    /// <summary>Measures in this process.</summary>
    public static async Task<JsonObject> MeasureAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        using var folder = new ScenarioFolder();
        var bundle = WholeBodyBundle.Write(folder.Path, withWeights: false);
        var item = await ScenarioInputs.WriteTrainingItemAsync(folder.Path, cancellationToken);
        var steps = new List<TrainingEvent.BatchDone>();
        var repeat = options.Whole("repeat", 3);
        var training = new BundleTraining(
            new BundleTrainingRequest
            {
                Folder = bundle,
                Training = [item],
                Validation = [],
                StartFromServed = false,
                Adjust = s => s with { Epochs = repeat + 1, BatchSize = 1, ValidationInterval = repeat + 2, BFloat16 = options.Text("precision") == "bfloat16" },
            },
            TimeProvider.System);
        await training.RunAsync(new Collector(steps), cancellationToken);

        // The first step fetches memory and lets libtorch choose its kernels.
        var times = steps.Skip(1).Select(s => s.Step - s.Waiting).ToList();
        return new()
        {
            ["precision"] = options.Text("precision") ?? "float32",
            ["stepMilliseconds"] = Statistics.Milliseconds(times),
            ["firstStepMilliseconds"] = Math.Round((steps[0].Step - steps[0].Waiting).TotalMilliseconds, 1),
            ["losses"] = new JsonArray([.. steps.Select(s => (JsonNode)s.Loss)]),
            ["process"] = ProcessMeter.Read(Environment.ProcessId),
        };
    }

    private sealed class Collector(List<TrainingEvent.BatchDone> steps) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value)
        {
            if (value is TrainingEvent.BatchDone step)
                steps.Add(step);
        }
    }
}
