using LabelServer.Datastore.Versions;

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

    /// <summary>The annotator, for the label's version; null when nobody can be named.</summary>
    public string? By { get; init; }

    /// <summary>Whether a person submits it, so that it counts as that reader's label of the image.</summary>
    public bool IsSubmit { get; init; }

    /// <summary>The version that the submitter knew; null when nothing is known about that. A label by one who did not know the newest version is kept beside it and does not replace it.</summary>
    public KnownVersion? Known { get; init; }

    /// <summary>The former version whose bytes these are, or null.</summary>
    public string? RestoredFrom { get; init; }
}
