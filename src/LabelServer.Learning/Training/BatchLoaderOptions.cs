namespace LabelServer.Learning.Training;

/// <summary>How batches are made.</summary>
internal sealed record BatchLoaderOptions
{
    /// <summary>Images in a batch, before transforms that make several samples of one.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Whether the order is drawn anew in each epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch that is not full is left out.</summary>
    public bool DropLast { get; init; }

    /// <summary>The seed of order and augmentation.</summary>
    public long Seed { get; init; }

    /// <summary>Batches that are made ahead.</summary>
    public int Ahead { get; init; } = 3;

    /// <summary>Threads that one deterministic transform may use; -1 for all.</summary>
    public int LoadParallelism { get; init; } = -1;
}
