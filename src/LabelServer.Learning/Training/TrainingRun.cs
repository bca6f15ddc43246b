namespace LabelServer.Learning.Training;

/// <summary>The data and places of one training run.</summary>
public sealed record TrainingRun
{
    /// <summary>Images that are trained on, at least one.</summary>
    public required IReadOnlyList<TrainingItem> Training { get; init; }

    /// <summary>Images that are validated on; may be empty.</summary>
    public IReadOnlyList<TrainingItem> Validation { get; init; } = [];

    /// <summary>The weights to start from; null: random ones.</summary>
    public IReadOnlyList<NamedWeights>? StartWeights { get; init; }

    /// <summary>Whether the start weights are the served ones, so that they are validated before epoch 1 and only replaced by ones that are not worse.</summary>
    public bool StartIsServed { get; init; }

    /// <summary>Whether weights are published even when they are worse than the served ones, as MONAI Label does. Default false.</summary>
    public bool PublishAlways { get; init; }

    /// <summary>The file that the run is saved to after each epoch and goes on from; null: it is not saved.</summary>
    public string? StateFile { get; init; }

    /// <summary>Where weights go that are to be served; null: nowhere.</summary>
    public IWeightsSink? Sink { get; init; }
}
