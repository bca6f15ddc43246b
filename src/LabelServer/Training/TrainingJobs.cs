using System.Text.Json.Nodes;
using LabelServer.Hosting;
using LabelServer.Jobs;
using LabelServer.Worker.Contract;

namespace LabelServer.Training;

/// <summary>Does the training jobs: chooses the images, has them trained on in a worker of its own, and keeps the standing for clients.</summary>
/// <remarks>A worker that ends on its own is started again and the run goes on from its last epoch; when memory runs out, it is tried with less. What is served changes only by whole, validated weights.</remarks>
internal sealed class TrainingJobs(TrainerCatalog trainers, TrainingSetBuilder sets, ITrainingWorker worker, TrainStatsStore stats, TrainingFeed feed, ServerOptions options, TimeProvider time) : IJobHandler
{
    // How often a run is taken up again without having finished an epoch in between, and how often memory is saved.
    private const int MostLosses = 3;
    private const int MostSavings = 5;

    /// <inheritdoc/>
    public JobKind Kind => JobKind.Train;

    /// <inheritdoc/>
    public bool Resumes => true;

    /// <inheritdoc/>
    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var trainer = trainers.Require(job.Request["model"]?.GetValue<string>() ?? string.Empty);
        var parameters = new TrainingParametersReader(job.Request, trainer).Read();
        var folder = new RunFolder(options, job.Id);
        var progress = Begin(job, trainer, parameters.MaxEpochs);
        try
        {
            folder.RemoveOthers();
            foreach (var line in parameters.Ignored)
                job.Log(line);
            var set = await KeptAsync(job, trainer, parameters, folder, cancellationToken);
            await TrainAsync(job, trainer, parameters, set, progress, cancellationToken);
            return TrainStats.Of(progress.Status with { HasEnded = true });
        }
        finally
        {
            // At the server's end everything stays as it is, for the next start.
            if (!job.Stopping.IsCancellationRequested)
            {
                progress.End();
                folder.Remove();
            }
        }
    }

    private TrainingProgress Begin(JobContext job, TrainerDescription trainer, int epochs)
    {
        var model = trainer.Model;
        var status = stats.Find(model.Folder) is { } last && last.JobId == job.Id
            ? last with { HasEnded = false }
            : new TrainingStatus { JobId = job.Id, Model = model.Id, Epochs = epochs, Start = time.GetUtcNow().ToUnixTimeSeconds() };
        Keep(status, TrainEvent.EventOneofCase.None);
        var classes = model.ChannelLabels.ToDictionary(l => l.Value, l => l.Key);
        return new TrainingProgress(status, classes, job.Log, Keep, time);

        void Keep(TrainingStatus now, TrainEvent.EventOneofCase cause)
        {
            stats.Set(model.Folder, now);
            if (cause != TrainEvent.EventOneofCase.Batch)
                stats.Save(model.Folder);
            feed.Tell(now, cause);
        }
    }

    private async Task<TrainingSet> KeptAsync(JobContext job, TrainerDescription trainer, TrainingParameters parameters, RunFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            return await ChooseAsync(job, trainer, parameters, folder, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrainingFailedException(
                $"The labels cannot be kept for the training of {trainer.Model.Id}: {error.Message} What is served stays as it was. Free some space on the disk, or let the server write into the folder of its state, and train again.", error);
        }
    }

    private async Task<TrainingSet> ChooseAsync(JobContext job, TrainerDescription trainer, TrainingParameters parameters, RunFolder folder, CancellationToken cancellationToken)
    {
        if (await folder.FindAsync(cancellationToken) is { } known)
            return known;
        var set = await sets.BuildAsync(trainer, parameters, folder.Labels, cancellationToken);
        await folder.SaveAsync(set, cancellationToken);
        foreach (var line in set.Notices)
            job.Log(line);
        var weights = trainer.Weights(parameters.ModelFilename, parameters.Highres);
        job.Log($"Trains {weights.FileName} of {trainer.Model.Id} on {set.Training.Count} images"
            + $"{(set.Validation is null ? ", validates on the bundle's own" : $", validates on {set.Validation.Count}")}{(set.Notices.Count > 0 ? $"; {set.Notices.Count} left out" : string.Empty)}.");
        return set;
    }

    private async Task TrainAsync(JobContext job, TrainerDescription trainer, TrainingParameters parameters, TrainingSet set, TrainingProgress progress, CancellationToken cancellationToken)
    {
        var (losses, savings) = (0, 0);
        while (true)
        {
            var epoch = progress.Status.Epoch;
            try
            {
                await worker.TrainAsync(TrainRequests.Create(trainer, parameters, set, job.Id, savings), parameters.Gpus, progress.OnEvent, cancellationToken);
                return;
            }
            catch (TrainingMemoryException error) when (savings < MostSavings)
            {
                savings++;
                job.Log($"{error.Message} Tried again with less at a time.");
            }
            catch (TrainingWorkerLostException error)
            {
                losses = progress.Status.Epoch > epoch ? 1 : losses + 1;
                if (losses > MostLosses)
                    throw new TrainingFailedException($"{error.Message} This was tried {losses} times. What was served stays. Try highres false or a smaller train_batch_size; the server's log has the worker's last lines.", error);

                // A system that runs out of memory ends the process without a word: the second time, that is the likely cause.
                savings = losses > 1 ? Math.Min(savings + 1, MostSavings) : savings;
                job.Log($"{error.Message} The training goes on from its last epoch{(losses > 1 ? " with less at a time, in case memory ran out" : string.Empty)}.");
            }
        }
    }
}
