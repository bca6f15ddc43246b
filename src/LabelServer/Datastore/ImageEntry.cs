namespace LabelServer.Datastore;

/// <summary>What the store knows about one image. Immutable.</summary>
public sealed record ImageEntry
{
    /// <summary>The id, verbatim.</summary>
    public required string Id { get; init; }

    /// <summary>The file's extension with its dot, such as <c>.nii.gz</c>.</summary>
    public required string Extension { get; init; }

    /// <summary>What clients and the server recorded: <c>ts</c>, <c>name</c>, <c>user</c>, <c>checksum</c> and whatever a client sent.</summary>
    public InfoDocument Info { get; init; } = InfoDocument.Empty;

    /// <summary>The labels in the order in which their tags first appeared.</summary>
    public IReadOnlyList<LabelEntry> Labels { get; init; } = [];

    /// <summary>True when there is a final label.</summary>
    public bool IsLabeled => FindLabel(LabelTags.Final) is not null;

    /// <summary>True for a file that was sent along with an image (a DICOM slice beside the volume made of it): kept, but never proposed to an annotator.</summary>
    public bool IsAttachment => string.Equals(Extension, ".dcm", StringComparison.OrdinalIgnoreCase);

    /// <summary>The file name without its extension, which is <see cref="Id"/> wherever that is a safe file name. Of no meaning to clients.</summary>
    internal string Stem { get => field ?? Id; init; }

    /// <summary>Members of the index that this program does not know, kept as they are.</summary>
    internal InfoDocument UnknownMembers { get; init; } = InfoDocument.Empty;

    /// <summary>The same for the object that holds image and labels.</summary>
    internal InfoDocument UnknownObjectMembers { get; init; } = InfoDocument.Empty;

    /// <summary>Length and time of the file that <c>checksum</c> in <see cref="Info"/> belongs to; null when it was not computed here.</summary>
    internal FileStamp? ChecksumStamp { get; init; }

    /// <summary>The image's file name in the studies folder.</summary>
    internal string FileName => Stem + Extension;

    /// <summary>The label of that tag, or null.</summary>
    public LabelEntry? FindLabel(string tag)
    {
        foreach (var label in Labels)
        {
            if (string.Equals(label.Tag, tag, StringComparison.Ordinal))
            {
                return label;
            }
        }

        return null;
    }

    /// <summary>The same image with <paramref name="label"/> in place of the one of its tag.</summary>
    internal ImageEntry WithLabel(LabelEntry label)
    {
        var labels = Labels.ToList();
        var at = labels.FindIndex(l => l.Tag == label.Tag);
        if (at >= 0)
        {
            labels[at] = label;
        }
        else
        {
            labels.Add(label);
        }

        return this with { Labels = labels };
    }

    /// <summary>The same image without the label of that tag.</summary>
    internal ImageEntry WithoutLabel(string tag) => this with { Labels = [.. Labels.Where(l => l.Tag != tag)] };
}
