using System.Collections.Concurrent;
using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Hosting;
using LabelServer.Models;

namespace LabelServer.Training;

/// <summary>The models of this server that can be trained, as they are on disk at this moment. Safe for concurrent use.</summary>
internal sealed class TrainerCatalog(ModelCatalog models, DeviceDirectory devices, EnabledTasks tasks)
{
    private const string Config = "train";
    private const string BatchSize = "train#dataloader#batch_size";
    private static readonly string[] Epochs = ["max_epochs", "train#trainer#max_epochs"];
    private readonly ConcurrentDictionary<string, (BundleStamp Stamp, TrainerDescription? Trainer)> _cache = new(StringComparer.Ordinal);

    /// <summary>The names of the compute devices.</summary>
    public IReadOnlyList<string> Devices => devices.Names;

    /// <summary>All trainers, in the order of the models. A model without weights is among them: a training can give it some.</summary>
    public IReadOnlyList<TrainerDescription> Trainers => tasks.Train ? [.. models.Models.Select(Describe).OfType<TrainerDescription>()] : [];

    /// <summary>The trainer of a model.</summary>
    /// <exception cref="TrainerUnknownException">There is none; the message lists those there are.</exception>
    public TrainerDescription Require(string model)
    {
        var trainers = Trainers;
        var names = string.Join(", ", trainers.Select(t => t.Model.Id));
        return trainers.FirstOrDefault(t => t.Model.Id == model)
            ?? throw new TrainerUnknownException($"There is no trainer '{model}'. {(!tasks.Train ? "Training is switched off on this server (MONAI_LABEL_TASKS_TRAIN)." : names.Length == 0 ? "This server's models cannot be trained: their bundles have no configs/train.json." : $"Trainers of this server: {names}.")}");
    }

    private TrainerDescription? Describe(ModelDescription model)
    {
        var stamp = BundleStamp.Of(model.Folder, []);
        if (_cache.TryGetValue(model.Folder, out var known) && known.Stamp == stamp)
            return known.Trainer;
        var trainer = Read(model);
        _cache[model.Folder] = (stamp, trainer);
        return trainer;
    }

    private static TrainerDescription? Read(ModelDescription model)
    {
        var trainer = new TrainerDescription { Model = model, Displayable = [] };
        Bundle? bundle = null;
        try
        {
            bundle = Bundle.Open(model.Folder);
            if (!bundle.HasConfig(Config))
                return null;
            var document = bundle.LoadConfig(Config);
            return trainer with
            {
                Displayable = DisplayableConfig.Read(bundle.CreateResolver(document)),
                EpochIds = [.. Epochs.Where(document.Contains)],
                BatchSizeId = document.Contains(BatchSize) ? BatchSize : null,
                EarlyStopPatience = document.Find("trainer_options#early_stop_patience") is ConfigValue.Integer patience ? (int)Math.Clamp(patience.Value, -1, int.MaxValue) : -1,
            };
        }
        catch (Exception error) when (error is BundleException or IOException or UnauthorizedAccessException)
        {
            // What is wrong with a train config is said by the training itself, with all its words; a folder that is no bundle at all trains nothing.
            return bundle is null ? null : trainer;
        }
    }
}
