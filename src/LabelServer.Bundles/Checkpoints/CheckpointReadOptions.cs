namespace LabelServer.Bundles.Checkpoints;

/// <summary>How a checkpoint is read.</summary>
public sealed record CheckpointReadOptions
{
    /// <summary>The options used when none are given.</summary>
    public static CheckpointReadOptions Default { get; } = new();

    /// <summary>Where the state dict lies in the file, as keys joined by dots: <c>model</c>, <c>state.net</c>. Null (default): found by the rules of <see cref="Checkpoint.StateDictKey"/>.</summary>
    public string? StateDictKey { get; init; }

    /// <summary>Removes <c>module.</c> and <c>_orig_mod.</c> where every name starts with it, as parallel and compiled training leaves it. Default true.</summary>
    public bool RemovePrefixes { get; init; } = true;

    /// <summary>Checks the checksum of every record of a zip archive before it is used. Default true; a damaged weight would go unnoticed otherwise.</summary>
    public bool VerifyChecksums { get; init; } = true;

    /// <summary>Largest description (pickle, safetensors header, zip directory) in bytes, apart from the weights. Default 64 MiB; a network of 1000 layers has 1 MiB.</summary>
    public int MaxDescriptionBytes { get; init; } = 64 << 20;

    /// <summary>Most values in a description, and most tensors. Default 1 000 000.</summary>
    public int MaxValues { get; init; } = 1_000_000;
}
