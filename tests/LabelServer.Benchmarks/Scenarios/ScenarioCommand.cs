using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Benchmarks.Scenarios.ActiveLearning;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>The command <c>scenario NAME [--json FILE] [--KEY VALUE …]</c>.</summary>
internal static class ScenarioCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Dictionary<string, Func<ScenarioOptions, CancellationToken, Task<JsonObject>>> Scenarios = new(StringComparer.Ordinal)
    {
        ["infer-lowres"] = (options, token) => InferScenario.RunAsync(highres: false, options, token),
        ["infer-highres"] = (options, token) => InferScenario.RunAsync(highres: true, options, token),
        ["start"] = StartScenario.RunAsync,
        ["submit-labels"] = SubmitLabelsScenario.RunAsync,
        ["info-under-load"] = InfoUnderLoadScenario.RunAsync,
        ["active-learning"] = ActiveLearningScenario.RunAsync,
        ["train-step"] = InnerProcess.Of("train-step", TrainStepScenario.RunAsync, isTraining: true),
        [NetworkScenario.Name] = InnerProcess.Of(NetworkScenario.Name, NetworkScenario.RunAsync),
        [WinogradEstimate.Name] = InnerProcess.Of(WinogradEstimate.Name, WinogradEstimate.RunAsync),
    };

    /// <summary>Runs a scenario; its report goes to standard output, or to the file that <c>--json</c> names.</summary>
    /// <returns>0, or 2 when the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (arguments is not [var name, .. var rest] || !Scenarios.TryGetValue(name, out var scenario) || ScenarioOptions.Read(rest) is not { } options)
        {
            await Console.Error.WriteLineAsync($"scenario NAME [--json FILE] [--precision float32|bfloat16] [--repeat N] [--image FILE] [--server PROGRAM] …\nNAME is one of {string.Join(", ", Scenarios.Keys)}.");
            return 2;
        }

        var report = await scenario(options, cancellationToken);
        report.Insert(0, "scenario", name);
        report.Insert(1, "machine", Machine.Describe());
        var text = report.ToJsonString(Indented);
        if (options.Text("json") is { } file)
            await File.WriteAllTextAsync(file, text, cancellationToken);
        await Console.Out.WriteLineAsync(text);
        return 0;
    }
}
