using System.Text.Json;
using LabelServer.Http;
using LabelServer.Models;
using LabelServer.Worker.Contract;

namespace LabelServer.Training;

/// <summary>Makes the worker's request of a training.</summary>
internal static class TrainRequests
{
    private const string Displayed = "displayable_configs#";

    /// <summary>The request.</summary>
    /// <param name="trainer">Who is trained.</param>
    /// <param name="parameters">What was asked.</param>
    /// <param name="set">The images.</param>
    /// <param name="jobId">The job: another job never goes on with this one's epochs.</param>
    /// <param name="savingSteps">How often memory ran out before.</param>
    public static TrainRequest Create(TrainerDescription trainer, TrainingParameters parameters, TrainingSet set, string jobId, int savingSteps)
    {
        var weights = trainer.Weights(parameters.ModelFilename, parameters.Highres);
        var request = new TrainRequest
        {
            BundleFolder = trainer.Model.Folder,
            WeightsFile = weights.FileName,
            StartFromServed = parameters.Pretrained,
            PublishAlways = parameters.PublishAlways,
            RunId = jobId,
            Training = Items(set.Training),
            Settings = Settings(parameters, savingSteps),
        };
        if (set.Validation is { } validation)
            request.Validation = Items(validation);
        AddOverrides(request, trainer, parameters, weights);
        return request;
    }

    private static TrainSettings Settings(TrainingParameters parameters, int savingSteps)
    {
        var settings = new TrainSettings { Epochs = parameters.MaxEpochs, PartialLabels = parameters.PartialLabels != PartialLabels.Off, MemorySavingSteps = savingSteps };
        if (parameters.BatchSize is { } batch)
            settings.BatchSize = batch;
        if (parameters.ValidationInterval is { } interval)
            settings.ValidationInterval = interval;
        if (parameters.EarlyStopPatience is { } patience)
            settings.EarlyStopPatience = patience;
        if (parameters.Seed is { } seed)
            settings.Seed = seed;
        if (parameters.Precision is { } precision)
            settings.Precision = precision;
        if (!parameters.Cache)
            settings.CacheBytes = 0;
        return settings;
    }

    private static void AddOverrides(TrainRequest request, TrainerDescription trainer, TrainingParameters parameters, WeightsChoice weights)
    {
        // The epochs and the batch of the schedule are those of the run.
        foreach (var id in trainer.EpochIds)
            Add(id, JsonSerializer.Serialize(parameters.MaxEpochs, RecordJson.Default.Int32));
        if (trainer.BatchSizeId is { } sizeId && parameters.BatchSize is { } size)
            Add(sizeId, JsonSerializer.Serialize(size, RecordJson.Default.Int32));
        if (weights.Highres is { } highres && trainer.Displayable.ContainsKey("highres"))
            Add(Displayed + "highres", JsonSerializer.Serialize(highres, RecordJson.Default.Boolean));
        foreach (var (key, json) in parameters.Displayable)
            Add(Displayed + key, json);

        void Add(string id, string json) => request.Overrides.Add(new ConfigOverride { Id = id, Json = json });
    }

    private static TrainItems Items(IReadOnlyList<TrainingImage> images)
    {
        var items = new TrainItems();
        foreach (var image in images)
        {
            var item = new TrainItem { Id = image.Id, ImagePath = image.ImagePath, LabelPath = image.LabelPath, HasNames = image.Names is not null };
            foreach (var (value, name) in image.Names ?? new Dictionary<int, string>())
                item.Names[value] = name;
            items.Items.Add(item);
        }

        return items;
    }
}
