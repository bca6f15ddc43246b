using LabelServer.Bundles.Workflows;
using LabelServer.Inference;
using LabelServer.Workers;

namespace LabelServer.BundleRuns;

/// <summary>Runs what a plan says, one engine after the other, in one worker process.</summary>
internal sealed class BundleRun(BundleRunPlan plan, WorkerSupervisor workers, RunConsole console)
{
    /// <summary>Runs to the end.</summary>
    /// <exception cref="BundleRunException">A step failed.</exception>
    /// <exception cref="WorkerUnavailableException">The worker cannot be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        console.Info($"Bundle {plan.Name}: {string.Join(" + ", plan.ConfigFiles.Select(f => Path.GetFileName(f)))}");
        var worker = await workers.GetAsync(cancellationToken);
        if (worker.Description.TorchProblem is { Length: > 0 } problem)
        {
            throw new BundleRunException($"The worker can not load libtorch: {problem} Run: labelserver doctor");
        }

        foreach (var step in plan.Workflow.Steps)
        {
            await (step.Kind switch
            {
                WorkflowKind.Training => new TrainingStep(plan, step.Engine, console).RunAsync(worker, cancellationToken),
                _ => new EvaluationStep(plan, step.Engine, console).RunAsync(worker, cancellationToken),
            });
        }
    }
}
