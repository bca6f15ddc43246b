using System.Globalization;
using System.Text.Json.Nodes;
using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Training;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>Training steps of the wholeBody network by the bundle's own train config, batch 1 of 96³, from random weights: on a synthetic scan, or with <c>--scan example_ct</c> on a real one with partial labels.</summary>
internal static class TrainStepScenario
{
    private const string Example = "example_ct";

    /// <summary>Measures in this process, which should have the worker's environment.</summary>
    public static async Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        using var folder = new ScenarioFolder();
        var bundle = WholeBodyBundle.Write(folder.Path, withWeights: false);
        var item = options.Text("scan") == Example
            ? await ExampleCt.WriteItemAsync(folder.Path, Bundle.Open(bundle).Metadata.Labels.Select(l => l.Value), cancellationToken)
            : await ScenarioInputs.WriteTrainingItemAsync(folder.Path, cancellationToken);
        var steps = new List<TrainingEvent.BatchDone>();
        var repeat = options.Whole("repeat", 3);
        var highres = options.Text("highres") != "false";
        var training = new BundleTraining(
            new BundleTrainingRequest
            {
                Folder = bundle,
                Overrides = [KeyValuePair.Create<string, ConfigValue>("displayable_configs#highres", new ConfigValue.Boolean(highres))],
                Training = [item],
                Validation = [],
                StartFromServed = false,
                Adjust = s => s with { Epochs = repeat + 1, BatchSize = 1, ValidationInterval = repeat + 2, Precision = options.Text("precision") == "bfloat16" ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32 },
            },
            TimeProvider.System);
        await training.RunAsync(new Collector(steps), cancellationToken);

        // The first step fetches memory and lets libtorch choose its kernels.
        var times = steps.Skip(1).Select(s => s.Step - s.Waiting).ToList();
        return new()
        {
            ["precision"] = options.Text("precision") ?? "float32",
            ["scan"] = item.Id,
            ["listedStructures"] = item.LabelNames?.Count,
            ["highres"] = highres,
            ["stepMilliseconds"] = Statistics.Milliseconds(times),
            ["firstStepMilliseconds"] = Math.Round((steps[0].Step - steps[0].Waiting).TotalMilliseconds, 1),
            ["firstWaitMilliseconds"] = Math.Round(steps[0].Waiting.TotalMilliseconds, 1),
            ["waitingForDataPercent"] = Math.Round(100 * steps.Skip(1).Sum(s => s.Waiting.TotalSeconds) / steps.Skip(1).Sum(s => s.Step.TotalSeconds), 3),
            ["losses"] = new JsonArray([.. steps.Select(s => (JsonNode)s.Loss)]),
            ["process"] = ProcessMeter.Read(Environment.ProcessId),
        };
    }

    // A step of this network takes up to half a minute: each is told when it is done.
    private sealed class Collector(List<TrainingEvent.BatchDone> steps) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value)
        {
            if (value is not TrainingEvent.BatchDone step)
                return;
            steps.Add(step);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"step {steps.Count}: loss {step.Loss:0.0000}, {step.Step.TotalSeconds:0.00} s, of which {step.Waiting.TotalSeconds:0.000} s waiting for data, {Environment.WorkingSet >> 20} MiB"));
        }
    }
}
