using LabelServer.Bundles.Config;

namespace LabelServer.Learning.Training;

/// <summary>What is to be trained, and how it differs from the bundle's config.</summary>
public sealed record BundleTrainingRequest
{
    /// <summary>The bundle's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The configs that are read and merged, by name. Default <c>train</c>.</summary>
    public IReadOnlyList<string> Configs { get; init; } = ["train"];

    /// <summary>Full paths of config files that are read and merged instead of <see cref="Configs"/>; empty for those.</summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary>Where the trainer stands in the config. Default <c>train#trainer</c>.</summary>
    public string TrainerId { get; init; } = "train#trainer";

    /// <summary>Overrides of config ids, such as <c>train#trainer#max_epochs</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Overrides { get; init; } = [];

    /// <summary>Folders that the config's expressions may look into, such as the data set's.</summary>
    public IReadOnlyList<string> DataFolders { get; init; } = [];

    /// <summary>Images to train on; null: those that the config names.</summary>
    public IReadOnlyList<TrainingItem>? Training { get; init; }

    /// <summary>Images to validate on; null: those that the config names.</summary>
    public IReadOnlyList<TrainingItem>? Validation { get; init; }

    /// <summary>The served file; null: the one that the config saves to.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>Whether the training starts from the served weights, if there are any. Default true.</summary>
    public bool StartFromServed { get; init; } = true;

    /// <summary>Weights to start from in place of the served ones; null: as <see cref="StartFromServed"/> says.</summary>
    public string? StartFile { get; init; }

    /// <summary>Whether the served weights stay when none of this run is at least as good on the same images. Default true; false replaces them by the run's best, as MONAI does.</summary>
    public bool ComparesWithServed { get; init; } = true;

    /// <summary>Whether weights are published even when they are worse. Default false.</summary>
    public bool PublishAlways { get; init; }

    /// <summary>The file that the run is saved to after each epoch; null: beside the history.</summary>
    public string? StateFile { get; init; }

    /// <summary>Tells this run from others of the same data and settings; empty: they are one.</summary>
    public string RunId { get; init; } = string.Empty;

    /// <summary>How often memory ran out: the batch is halved each time, then the patch. Default 0.</summary>
    public int MemorySavingSteps { get; init; }

    /// <summary>Changes the settings that the config gives.</summary>
    public Func<TrainerSettings, TrainerSettings> Adjust { get; init; } = s => s;
}
