namespace LabelServer.Datastore;

/// <summary>An image to add.</summary>
/// <param name="Content">The bytes. On success they belong to the store.</param>
public sealed record ImageUpload(ReceivedFile Content)
{
    /// <summary>The id, or null to make one of the file's name without its extension.</summary>
    public string? ImageId { get; init; }

    /// <summary>What the client says about the image.</summary>
    public InfoDocument Info { get; init; } = InfoDocument.Empty;

    /// <summary>Who adds it.</summary>
    public string? User { get; init; }
}
