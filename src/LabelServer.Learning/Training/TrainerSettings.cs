using LabelServer.Bundles.Checkpoints;
using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Training;

/// <summary>The numbers of a training run.</summary>
public sealed record TrainerSettings
{
    /// <summary>Passes over the training images, restarts included. Default 50.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Images in a batch. Default 1.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Batch size and accumulated batches as planned, when memory made them smaller: a run goes on all the same. Null: nothing was changed.</summary>
    public (int BatchSize, int AccumulatedBatches)? BeforeSaving { get; init; }

    /// <summary>Batches whose gradients are added before a step. Default 1.</summary>
    public int AccumulatedBatches { get; init; } = 1;

    /// <summary>The largest norm of all gradients together, or null for no limit.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Epochs between validations. Default 1.</summary>
    public int ValidationInterval { get; init; } = 1;

    /// <summary>Validations without improvement after which the run ends early; not positive: never. Default -1.</summary>
    public int EarlyStopPatience { get; init; } = -1;

    /// <summary>The decay of the mean of weights that is validated and published, or null to use the last step's weights.</summary>
    public double? WeightAverageDecay { get; init; }

    /// <summary>Whether the learning rate changes at each epoch (true) or each step.</summary>
    public bool ScheduleByEpoch { get; init; } = true;

    /// <summary>Whether the order of the images is drawn anew in each epoch. Default true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>What the network computes in, with float32 weights behind it; <see cref="NetworkPrecision.Auto"/>: bfloat16 where the processor is faster with it. Default float32.</summary>
    public NetworkPrecision Precision { get; init; } = NetworkPrecision.Float32;

    /// <summary>How published weights are stored: float32, or float16, which halves the file. Default float32; the run itself is saved in full.</summary>
    public CheckpointDataType StoredType { get; init; } = CheckpointDataType.Float32;

    /// <summary>Names of weights that stay as they are, with * for any text: <c>down_layers.*</c>.</summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>The seed of everything that is drawn. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Bytes that prepared samples may take in memory. Default 2 GiB.</summary>
    public long CacheBytes { get; init; } = 2L << 30;

    /// <summary>Whether classes that a label does not list count as not annotated (marginal loss) instead of as background. Default true.</summary>
    public bool PartialLabels { get; init; } = true;
}
