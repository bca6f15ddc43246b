namespace LabelServer.Bundles.Checkpoints;

/// <summary>The pickle in the file names a function or class that is not needed to describe tensors. Loading it with Python could run code; here nothing is run and the file is refused.</summary>
public sealed class UnsafeCheckpointException : CheckpointException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">The file, as it is shown to people.</param>
    /// <param name="globalName">What it names, such as <c>os.system</c>.</param>
    public UnsafeCheckpointException(string file, string globalName)
        : base($"{file} is refused: it asks for '{globalName}', which no state dict needs. If you trust its origin, load it in Python and save only its state_dict() again.") => GlobalName = globalName;

    /// <summary>What the file names, such as <c>os.system</c>.</summary>
    public string GlobalName { get; }
}
