using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Checkpoints.Writing;

/// <summary>How a checkpoint is written.</summary>
public sealed record CheckpointWriteOptions
{
    /// <summary>The key under which the state dict is put, such as <c>model</c>; empty (default): the file is the state dict itself.</summary>
    public string StateDictKey { get; init; } = string.Empty;

    /// <summary>Plain values to put beside the state dict: null, truth values, numbers, texts. Only with a <see cref="StateDictKey"/>. PyTorch before 2.0 opens a file with a real number here only without <c>weights_only</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Metadata { get; init; } = [];

    /// <summary>The name of the folder inside the archive, which PyTorch takes from the file's name. Default <c>archive</c>.</summary>
    public string ArchiveName { get; init; } = "archive";
}
