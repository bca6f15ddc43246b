namespace LabelServer.Training;

/// <summary>Where a training stands. Immutable.</summary>
internal sealed record TrainingStatus
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>When the job began to run, Unix seconds.</summary>
    public required long Start { get; init; }

    /// <summary>Epochs that are done.</summary>
    public int Epoch { get; init; }

    /// <summary>Epochs in all, also before the worker has begun.</summary>
    public int Epochs { get; init; }

    /// <summary>The batch of the current epoch that was done last; 0 at an epoch's end.</summary>
    public int Batch { get; init; }

    /// <summary>Batches in an epoch.</summary>
    public int Batches { get; init; }

    /// <summary>The last batch's loss, or at an epoch's end the mean of its batches; null before the first.</summary>
    public double? Loss { get; init; }

    /// <summary>The last step's learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Bytes of memory that the worker occupies.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Seconds that the job has run, pauses between restarts left out.</summary>
    public double Elapsed { get; init; }

    /// <summary>Seconds until the last epoch, by the pace so far; null before the first batch and after the end.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>Images that are trained on.</summary>
    public int TrainingImages { get; init; }

    /// <summary>Images that are validated on.</summary>
    public int ValidationImages { get; init; }

    /// <summary>The last validation's mean Dice; null before the first.</summary>
    public double? MeanDice { get; init; }

    /// <summary>The last validation's Dice per class, by name; without classes that no image has.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> ClassDice { get; init; } = [];

    /// <summary>The Dice of the served weights before epoch 1 on the same images; null when there was none or nothing was validated.</summary>
    public double? IncumbentDice { get; init; }

    /// <summary>The best validation of the run; null before the first.</summary>
    public double? BestDice { get; init; }

    /// <summary>The epoch of <see cref="BestDice"/>.</summary>
    public int BestEpoch { get; init; }

    /// <summary>The lowest mean loss of an epoch; null before the first.</summary>
    public double? LowestLoss { get; init; }

    /// <summary>The epoch of <see cref="LowestLoss"/>.</summary>
    public int LowestLossEpoch { get; init; }

    /// <summary>The epoch whose weights are served; 0 while the run has published none.</summary>
    public int PublishedEpoch { get; init; }

    /// <summary>The score of the weights that the run published last; null when they were not validated.</summary>
    public double? PublishedDice { get; init; }

    /// <summary>Whether the run ended, however it did.</summary>
    public bool HasEnded { get; init; }
}
