namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>An object of a TorchScript archive: a module with its attributes. The class is a name only.</summary>
internal sealed record PickleObject(PickleGlobal Class)
{
    public object? State { get; set; }
}
