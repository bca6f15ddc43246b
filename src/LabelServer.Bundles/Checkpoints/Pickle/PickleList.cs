namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A list or set of a pickle.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; init; } = [];
}
