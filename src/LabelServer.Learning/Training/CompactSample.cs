namespace LabelServer.Learning.Training;

/// <summary>A training sample after the deterministic transforms, in compact form. Owns its items.</summary>
/// <param name="id">The image's id.</param>
/// <param name="items">The items by key.</param>
/// <param name="listed">Which classes were annotated, or null for all.</param>
internal sealed class CompactSample(string id, IReadOnlyDictionary<string, CompactItem> items, bool[]? listed) : IDisposable
{
    /// <summary>The image's id.</summary>
    public string Id { get; } = id;

    /// <summary>The items by key, such as <c>image</c> and <c>label</c>.</summary>
    public IReadOnlyDictionary<string, CompactItem> Items { get; } = items;

    /// <summary>For each class whether it was annotated; null when all were.</summary>
    public bool[]? Listed { get; } = listed;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => Items.Values.Sum(i => i.Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var item in Items.Values)
        {
            item.Dispose();
        }
    }
}
