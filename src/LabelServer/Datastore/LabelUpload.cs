namespace LabelServer.Datastore;

/// <summary>A label to save.</summary>
/// <param name="ImageId">The image that it belongs to.</param>
/// <param name="Content">The bytes. On success they belong to the store.</param>
public sealed record LabelUpload(string ImageId, ReceivedFile Content)
{
    /// <summary>The tag.</summary>
    public string Tag { get; init; } = LabelTags.Final;

    /// <summary>What the client says about the label: <c>label_info</c>, <c>model</c>, <c>client_id</c> and more.</summary>
    public InfoDocument Info { get; init; } = InfoDocument.Empty;

    /// <summary>What the voxel values mean, when the caller knows (the server's own predictions). Null: found from <see cref="Info"/>.</summary>
    public IReadOnlyDictionary<int, string>? ValueNames { get; init; }

    /// <summary>Who saves it; null when nobody has logged in.</summary>
    public string? User { get; init; }
}
