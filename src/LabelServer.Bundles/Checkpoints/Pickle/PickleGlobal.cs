namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A function or class that a pickle names and that is on the list of those that are needed.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => Module + "." + Name;
}
