using System.CommandLine;
using LabelServer.BundleRuns;
using LabelServer.Bundles;
using LabelServer.Bundles.Workflows;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Workers;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver bundle run [ID] --config_file FILE …</c>, with the arguments of <c>python -m monai.bundle run</c>.</summary>
/// <remarks>Exit codes: 0 done; 1 it failed while it ran; 2 the command or the bundle cannot be run as asked; 130 cancelled.</remarks>
internal static class BundleRunCommand
{
    private const int Failed = 1;
    private const int NotRunnable = 2;

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        // Any config id may be overridden, so the words are read by their own reader and not as options.
        var words = new Argument<string[]>("ARGUMENTS")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "[ID] --config_file FILE|\"['FILE','FILE']\" [--meta_file FILE] [--logging_file FILE] [--args_file FILE] [--bundle DIR] [--KEY#SUB VALUE]...",
        };
        var command = new Command("run", "Runs an id of a bundle's config, such as training or evaluating, with the arguments of 'python -m monai.bundle run'.") { words };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(words) ?? [], result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string[] words, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        BundleRunPlan plan;
        try
        {
            plan = BundleRunPlanner.Plan(BundleRunArgumentsReader.Read(words), Directory.GetCurrentDirectory());
        }
        catch (Exception error) when (error is BundleRunException or BundleException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return NotRunnable;
        }

        await using var services = CommandServices.Build(
            new ModelCatalogOptions { SearchFolders = [], BundleFolders = [plan.Folder] }, new WorkerOptions { Trains = plan.Workflow.Steps.Any(s => s.Kind == WorkflowKind.Training) }, verbose: plan.Level <= LogLevel.Debug);
        try
        {
            await new BundleRun(plan, services.GetRequiredService<WorkerSupervisor>(), new RunConsole(configuration.Output, plan.Level)).RunAsync(cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            await configuration.Error.WriteLineAsync("Cancelled. What was saved before stays.");
            return ExitCodes.Cancelled;
        }
        catch (Exception error) when (error is BundleRunException or WorkerUnavailableException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return Failed;
        }
    }
}
