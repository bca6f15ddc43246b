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

    /// <summary>The served weights of a run that does not start from them: validated before epoch 1 and only replaced by ones that are not worse; null: there are none, or the run starts from them.</summary>
    public IReadOnlyList<NamedWeights>? Incumbent { get; init; }

    /// <summary>Tells runs apart that have the same data and settings; only a run of the same id is gone on with. Default empty.</summary>
    public string RunId { get; init; } = string.Empty;

    /// <summary>Whether weights are published even when they are worse than the served ones, as MONAI Label does. Default false.</summary>
    public bool PublishAlways { get; init; }

    /// <summary>The file that the run is saved to after each epoch and goes on from; null: it is not saved.</summary>
    public string? StateFile { get; init; }

    /// <summary>Where weights go that are to be served; null: nowhere.</summary>
    public IWeightsSink? Sink { get; init; }
}
