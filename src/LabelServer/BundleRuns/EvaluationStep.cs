using Grpc.Core;
using LabelServer.Bundles.Config;
using LabelServer.Worker.Contract;
using LabelServer.Workers;

namespace LabelServer.BundleRuns;

/// <summary>Runs a <c>SupervisedEvaluator</c> in the worker and tells how it goes.</summary>
internal sealed class EvaluationStep(BundleRunPlan plan, ConfigValue.Component evaluator, RunConsole console)
{
    /// <summary>Evaluates.</summary>
    /// <exception cref="BundleRunException">It failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; files that were written stay.</exception>
    public async Task RunAsync(WorkerProcess worker, CancellationToken cancellationToken)
    {
        var report = new EvaluationReport(console);
        try
        {
            using var call = worker.Client.Evaluate(Request(), cancellationToken: cancellationToken);
            var ended = false;
            await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                report.Tell(message);
                ended |= message.EventCase == EvaluateEvent.EventOneofCase.Ended;
            }

            if (!ended)
            {
                throw new BundleRunException($"The evaluation of {plan.Name} broke off before its end. Give the command again.");
            }
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw await BundleRunErrors.ExplainAsync(error, worker, $"evaluating {plan.Name}");
        }
    }

    private EvaluateRequest Request()
    {
        var request = new EvaluateRequest
        {
            BundleFolder = plan.Folder,
            EvaluatorId = evaluator.Id,
            WeightsFile = CheckpointLoaders.FileOf(plan, evaluator, "val_handlers") ?? string.Empty,
        };
        request.ConfigFiles.AddRange(plan.ConfigFiles);
        request.DataFolders.AddRange(plan.DataFolders);
        request.Overrides.AddRange(plan.Overrides.Select(o => new ConfigOverride { Id = o.Key, Json = ConfigJson.Write(o.Value) }));
        return request;
    }
}
