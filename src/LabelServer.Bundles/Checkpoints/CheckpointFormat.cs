namespace LabelServer.Bundles.Checkpoints;

/// <summary>How a file of weights is written. Told by its content; the extension says nothing.</summary>
public enum CheckpointFormat
{
    /// <summary>A zip archive with a pickle and one record per storage: <c>torch.save</c> since PyTorch 1.6.</summary>
    TorchZip,

    /// <summary>A row of pickles followed by the storages: <c>torch.save</c> before that.</summary>
    TorchLegacy,

    /// <summary>A zip archive of a whole TorchScript network; its parameters and buffers are read, its code is not.</summary>
    TorchScript,

    /// <summary>Safetensors.</summary>
    Safetensors,
}
