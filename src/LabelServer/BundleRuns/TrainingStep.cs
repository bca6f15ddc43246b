using Grpc.Core;
using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Worker.Contract;
using LabelServer.Workers;

namespace LabelServer.BundleRuns;

/// <summary>Runs a <c>SupervisedTrainer</c> in the worker and tells how it goes.</summary>
/// <remarks>As in MONAI, the training starts from random weights unless the config loads a checkpoint, and each validation that is the best of the run saves the weights.</remarks>
internal sealed class TrainingStep(BundleRunPlan plan, ConfigValue.Component trainer, RunConsole console)
{
    /// <summary>Trains.</summary>
    /// <exception cref="BundleRunException">It failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was saved stays.</exception>
    public async Task RunAsync(WorkerProcess worker, CancellationToken cancellationToken)
    {
        var names = Bundle.Open(plan.Folder).Metadata.Labels.ToDictionary(l => l.Key, l => l.Value);
        var report = new TrainingReport(console, names);
        try
        {
            using var call = worker.Client.Train(Request(), cancellationToken: cancellationToken);
            var ended = false;
            await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                report.Tell(message);
                ended |= message.EventCase == TrainEvent.EventOneofCase.Ended;
            }

            if (!ended)
            {
                throw new BundleRunException($"The training of {plan.Name} broke off before its end. Give the command again to go on from the last saved epoch.");
            }
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw await BundleRunErrors.ExplainAsync(error, worker, $"training {plan.Name}");
        }
    }

    private TrainRequest Request()
    {
        var request = new TrainRequest
        {
            BundleFolder = plan.Folder,
            TrainerId = trainer.Id,
            ReplaceServed = true,
            StartFile = CheckpointLoaders.FileOf(plan, trainer, "train_handlers") ?? string.Empty,
            Settings = new TrainSettings(),
        };
        request.ConfigFiles.AddRange(plan.ConfigFiles);
        request.DataFolders.AddRange(plan.DataFolders);
        request.Overrides.AddRange(plan.Overrides.Select(o => new ConfigOverride { Id = o.Key, Json = ConfigJson.Write(o.Value) }));
        if (plan.Workflow.Seed is { } seed && !plan.Config.Contains("trainer_options#seed"))
        {
            request.Settings.Seed = seed;
        }

        return request;
    }
}
