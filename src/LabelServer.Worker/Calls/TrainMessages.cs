using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Training;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>Translates between the messages of a training and the trainer's types.</summary>
internal static class TrainMessages
{
    /// <summary>The trainer's request.</summary>
    /// <exception cref="ConfigException">An override is no JSON.</exception>
    public static BundleTrainingRequest ToRequest(TrainRequest message)
    {
        var request = new BundleTrainingRequest
        {
            Folder = message.BundleFolder,
            ConfigFiles = [.. message.ConfigFiles],
            TrainerId = message.TrainerId.Length == 0 ? "train#trainer" : message.TrainerId,
            Overrides = [.. message.Overrides.Select(o => KeyValuePair.Create(o.Id, Parse(o)))],
            DataFolders = [.. message.DataFolders],
            Training = ToItems(message.Training),
            Validation = ToItems(message.Validation),
            WeightsFile = message.WeightsFile.Length == 0 ? null : message.WeightsFile,
            StartFile = message.StartFile.Length == 0 ? null : message.StartFile,
            ComparesWithServed = !message.ReplaceServed,
            StartFromServed = message.StartFromServed,
            PublishAlways = message.PublishAlways,
            RunId = message.RunId,
            MemorySavingSteps = message.Settings?.MemorySavingSteps ?? 0,
            Adjust = settings => Adjust(settings, message.Settings ?? new TrainSettings()),
        };
        return message.Configs.Count == 0 ? request : request with { Configs = [.. message.Configs] };
    }

    /// <summary>An event as a message.</summary>
    public static TrainEvent ToMessage(TrainingEvent value)
    {
        var message = new TrainEvent { ResidentBytes = Environment.WorkingSet };
        switch (value)
        {
            case TrainingEvent.Started started:
                message.Started = new TrainStarted
                {
                    TrainingImages = started.TrainingImages,
                    ValidationImages = started.ValidationImages,
                    FirstEpoch = started.FirstEpoch,
                    Epochs = started.Epochs,
                    BatchesPerEpoch = started.BatchesPerEpoch,
                };
                break;
            case TrainingEvent.BatchDone batch:
                message.Batch = new TrainBatch
                {
                    Epoch = batch.Epoch,
                    Batch = batch.Batch,
                    Loss = batch.Loss,
                    LearningRate = batch.LearningRate,
                    Seconds = batch.Step.TotalSeconds,
                    WaitingSeconds = batch.Waiting.TotalSeconds,
                };
                break;
            case TrainingEvent.EpochDone epoch:
                message.Epoch = new TrainEpoch { Epoch = epoch.Epoch, Loss = epoch.Loss, ElapsedSeconds = epoch.Elapsed.TotalSeconds };
                break;
            case TrainingEvent.Validated validated:
                message.Validation = ToMessage(validated);
                break;
            case TrainingEvent.Published published:
                message.Published = new TrainPublished { Epoch = published.Epoch, File = published.File };
                if (published.MeanDice is { } dice)
                {
                    message.Published.MeanDice = dice;
                }

                break;
            case TrainingEvent.Notice notice:
                message.Notice = notice.Text;
                break;
        }

        return message;
    }

    /// <summary>The last message of a training.</summary>
    public static TrainEvent ToEnd(TrainingOutcome outcome)
    {
        var ended = new TrainEnded { Epochs = outcome.Epochs, StoppedEarly = outcome.StoppedEarly, BestEpoch = outcome.BestEpoch };
        if (outcome.BestMeanDice is { } best)
        {
            ended.BestMeanDice = best;
        }

        return new TrainEvent { ResidentBytes = Environment.WorkingSet, Ended = ended };
    }

    private static TrainValidation ToMessage(TrainingEvent.Validated validated)
    {
        var message = new TrainValidation
        {
            Epoch = validated.Epoch,
            MeanDice = validated.Result.MeanDice,
            IsBest = validated.IsBest,
            ElapsedSeconds = validated.Elapsed.TotalSeconds,
        };
        message.ClassDice.AddRange(validated.Result.DicePerClass);
        foreach (var (id, scores) in validated.Result.DicePerImage)
        {
            var image = new ImageDice { Id = id };
            image.ClassDice.AddRange(scores);
            message.Images.Add(image);
        }

        return message;
    }

    /// <summary>The value of an override.</summary>
    /// <exception cref="ConfigException">It is no JSON.</exception>
    public static ConfigValue Parse(ConfigOverride item) =>
        ConfigDocument.Parse($"{{\"value\": {item.Json}}}", ConfigFormat.Json, item.Id).Find("value") ?? ConfigValue.Null.Instance;

    private static TrainingItem[]? ToItems(TrainItems? message) => message is null ? null :
    [
        .. message.Items.Select(i => new TrainingItem(i.Id, i.ImagePath, i.LabelPath, i.HasNames ? i.Names.ToDictionary(n => n.Key, n => n.Value) : null)),
    ];

    private static TrainerSettings Adjust(TrainerSettings settings, TrainSettings changes) => settings with
    {
        Epochs = changes.HasEpochs ? changes.Epochs : settings.Epochs,
        BatchSize = changes.HasBatchSize ? changes.BatchSize : settings.BatchSize,
        ValidationInterval = changes.HasValidationInterval ? changes.ValidationInterval : settings.ValidationInterval,
        EarlyStopPatience = changes.HasEarlyStopPatience ? changes.EarlyStopPatience : settings.EarlyStopPatience,
        PartialLabels = changes.HasPartialLabels ? changes.PartialLabels : settings.PartialLabels,
        CacheBytes = changes.HasCacheBytes ? changes.CacheBytes : settings.CacheBytes,
        Seed = changes.HasSeed ? changes.Seed : settings.Seed,
        Precision = !changes.HasPrecision ? settings.Precision : changes.Precision == "bfloat16" ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32,
    };
}
