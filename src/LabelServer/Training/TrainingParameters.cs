namespace LabelServer.Training;

/// <summary>What a training was asked to do (protocol 8.1 and 8.5), checked. Keys that mean nothing here are in <see cref="Ignored"/>.</summary>
internal sealed record TrainingParameters
{
    /// <summary><c>pretrained</c>: whether it starts from the served weights. Default true.</summary>
    public bool Pretrained { get; init; } = true;

    /// <summary><c>max_epochs</c>: 1 to 100000. Default 50, as in MONAI Label.</summary>
    public int MaxEpochs { get; init; } = TrainerDescription.DefaultEpochs;

    /// <summary><c>val_split</c>: the part of the labelled images that is validated on, 0 to below 1; negative: the bundle's own validation set. Default 0.2.</summary>
    public double ValSplit { get; init; } = TrainerDescription.DefaultSplit;

    /// <summary><c>early_stop_patience</c>: validations without improvement; not positive: never. Null: the bundle's.</summary>
    public int? EarlyStopPatience { get; init; }

    /// <summary><c>train_batch_size</c>; null: the bundle's.</summary>
    public int? BatchSize { get; init; }

    /// <summary><c>val_interval</c>: epochs between validations; null: the bundle's.</summary>
    public int? ValidationInterval { get; init; }

    /// <summary><c>model_filename</c>: a weights file; null and <c>auto</c> follow <see cref="Highres"/>.</summary>
    public string? ModelFilename { get; init; }

    /// <summary><c>highres</c>; null: the bundle's.</summary>
    public bool? Highres { get; init; }

    /// <summary>Whether images stay in memory between epochs: <c>dataset</c> is not <c>Dataset</c>. Default true.</summary>
    public bool Cache { get; init; } = true;

    /// <summary><c>gpus</c>: the GPUs that may be used, as <c>CUDA_VISIBLE_DEVICES</c> takes them; null for all.</summary>
    public string? Gpus { get; init; }

    /// <summary><c>precision</c>: <c>float32</c> or <c>bfloat16</c>; null: the bundle's.</summary>
    public string? Precision { get; init; }

    /// <summary><c>seed</c>; null: the bundle's.</summary>
    public long? Seed { get; init; }

    /// <summary><c>partial_labels</c>.</summary>
    public PartialLabels PartialLabels { get; init; }

    /// <summary><c>publish_always</c>: whether weights are served even when they are worse. Default false; MONAI Label always does.</summary>
    public bool PublishAlways { get; init; }

    /// <summary><c>train_ds</c>: ids of the images to train on; null: by the split.</summary>
    public IReadOnlyList<string>? TrainingIds { get; init; }

    /// <summary><c>val_ds</c>: ids of the images to validate on; null: by the split.</summary>
    public IReadOnlyList<string>? ValidationIds { get; init; }

    /// <summary>Options that the bundle itself displays (<c>displayable_configs</c>): key and JSON text.</summary>
    public IReadOnlyDictionary<string, string> Displayable { get; init; } = new Dictionary<string, string>();

    /// <summary>What was asked and has no effect, each with its reason, for the job's lines.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];
}
