using System.Diagnostics;
using System.Text.Json.Nodes;
using LabelServer.Workers;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>Runs a scenario in a process of its own that has the environment of a worker: the allocator's tuning and the threads can only be set before a start.</summary>
internal static class InnerProcess
{
    // Tells the process that it is the inner one.
    private const string Here = "here";

    /// <summary>A scenario that runs in such a process.</summary>
    public static Func<ScenarioOptions, CancellationToken, Task<JsonObject>> Of(
        string name, Func<ScenarioOptions, CancellationToken, Task<JsonObject>> scenario, bool isTraining = false) =>
        (options, token) => options.Text(Here) is null ? RunAsync(name, options.Arguments, isTraining, token) : scenario(options, token);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<JsonObject> RunAsync(string scenario, IEnumerable<string> arguments, bool isTraining, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        info.ArgumentList.Add(typeof(InnerProcess).Assembly.Location);
        foreach (var argument in (string[])["scenario", scenario, .. arguments, "--" + Here, "yes"])
            info.ArgumentList.Add(argument);
        WorkerEnvironment.Apply(info, new WorkerOptions { Trains = isTraining });
        using var process = Process.Start(info)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The scenario {scenario} ended with {process.ExitCode}: {output}");
        var report = JsonNode.Parse(output)!.AsObject();
        report.Remove("scenario");
        report.Remove("machine");
        return report;
    }
}
