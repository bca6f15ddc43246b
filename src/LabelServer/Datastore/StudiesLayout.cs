using LabelServer.Datastore.Index;

namespace LabelServer.Datastore;

/// <summary>Where things lie in a studies folder. The only place that makes paths; none of them leaves the folder.</summary>
internal sealed class StudiesLayout
{
    /// <summary>The folder of this program's own files.</summary>
    public const string HiddenName = ".labelserver";

    // On Unix a backslash is a letter like any other, and MONAI Label stores ids with it.
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>Resolves the folder, links included.</summary>
    public StudiesLayout(string root)
    {
        Root = ResolveFolder(Path.GetFullPath(root));
        Hidden = Path.Combine(Root, HiddenName);
        UseHeader(IndexHeader.Default);
    }

    /// <summary>The studies folder, absolute, links resolved.</summary>
    public string Root { get; }

    /// <summary>The folder of this program's own files.</summary>
    public string Hidden { get; }

    /// <summary>The folder of the images.</summary>
    public string Images { get; private set; } = string.Empty;

    /// <summary>The folder with one folder for each tag.</summary>
    public string Labels { get; private set; } = string.Empty;

    /// <summary>MONAI Label's index.</summary>
    public string IndexFilePath => Path.Combine(Root, IndexFile.FileName);

    /// <summary>The journal.</summary>
    public string Journal => Path.Combine(Hidden, "journal");

    /// <summary>How far the index has followed the journal, and to which files the known checksums belong.</summary>
    public string IndexState => Path.Combine(Hidden, "index-state.json");

    /// <summary>Held open while a server uses the folder.</summary>
    public string Lock => Path.Combine(Hidden, "lock");

    /// <summary>Uploads that wait for a decision. On the same disk as where they go, so that taking them in is a rename.</summary>
    public string Incoming => Path.Combine(Hidden, "incoming");

    /// <summary>Former labels.</summary>
    public string Versions => Path.Combine(Hidden, "versions");

    /// <summary>Labels that were not accepted.</summary>
    public string Refused => Path.Combine(Hidden, "refused");

    /// <summary>The last proposal of each model for each image.</summary>
    public string Proposals => Path.Combine(Hidden, "proposals");

    /// <summary>Takes over the folders that the index names.</summary>
    /// <exception cref="DatastoreUnavailableException">They lie outside the studies folder.</exception>
    public void UseHeader(IndexHeader header)
    {
        Images = Inside(header.ImagesFolder, "images_dir");
        Labels = Inside(header.LabelsFolder, "labels_dir");
    }

    /// <summary>The folder of a tag.</summary>
    public string TagFolder(string tag) => Path.Combine(Labels, tag);

    /// <summary>The file of an image.</summary>
    public string ImageFile(ImageEntry image) => Path.Combine(Images, image.FileName);

    /// <summary>The file of a label.</summary>
    public string LabelFile(ImageEntry image, LabelEntry label) => Path.Combine(TagFolder(label.Tag), image.Stem + label.Extension);

    /// <summary>The folder of a label's former versions.</summary>
    public string VersionFolder(string tag, string stem) => Path.Combine(Versions, tag, stem);

    /// <summary>A path as the journal holds it: relative to the studies folder, with <c>/</c>.</summary>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>The path of what the journal holds.</summary>
    /// <exception cref="DatastoreUnavailableException">It leads outside the studies folder; the journal was tampered with.</exception>
    public string Absolute(string relative) => Inside(relative, "journal");

    /// <summary>True for a name that is one segment of a path: no separator, not <c>.</c> or <c>..</c>, no character that disks do not take.</summary>
    public static bool IsSegment(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(Separators) < 0 && name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0;

    /// <summary>Whether a file may be served: it is no link, or its target lies in the studies folder.</summary>
    public bool IsInside(FileSystemInfo file)
    {
        if (!file.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return true;
        }

        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) is { } target && IsUnder(ResolveFolder(target.FullName));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string ResolveFolder(string path)
    {
        // A link anywhere in the path counts, so each part is looked at in turn.
        var resolved = Path.GetPathRoot(path) ?? string.Empty;
        foreach (var part in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(resolved, part);
            var target = new FileInfo(next) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true) : null;
            resolved = target is null ? next : ResolveFolder(target.FullName);
        }

        return resolved;
    }

    private string Inside(string relative, string what)
    {
        var path = Path.GetFullPath(Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar)));
        if (!IsUnder(path))
        {
            throw new DatastoreUnavailableException(
                $"The studies folder '{Root}' cannot be used: '{what}' in its index names '{relative}', which lies outside. Correct {IndexFile.FileName}, or move it away to have it made anew.");
        }

        return Path.TrimEndingDirectorySeparator(path);
    }

    private bool IsUnder(string path) =>
        path.Length == Root.Length ? path == Root : path.StartsWith(Path.EndsInDirectorySeparator(Root) ? Root : Root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
