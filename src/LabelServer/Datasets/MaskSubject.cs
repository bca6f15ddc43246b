namespace LabelServer.Datasets;

/// <summary>A patient of a data set with one mask file for each structure.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Image">The image; null when there is none.</param>
/// <param name="Masks">Structure → mask file.</param>
internal sealed record MaskSubject(string Name, string? Image, IReadOnlyDictionary<string, string> Masks)
{
    private const string MaskFolder = "segmentations";
    private static readonly string[] Extensions = [".nii.gz", ".nii"];
    private static readonly string[] ImageNames = ["ct", "mri", "image"];

    /// <summary>The subjects in a folder: the folder itself when it holds <c>segmentations</c>, else those of its subfolders that do.</summary>
    /// <exception cref="DatasetException">There is none.</exception>
    public static IReadOnlyList<MaskSubject> Find(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"There is no folder {folder}.");
        }

        var folders = Directory.Exists(Path.Combine(folder, MaskFolder))
            ? [folder]
            : Directory.EnumerateDirectories(folder).Where(f => Directory.Exists(Path.Combine(f, MaskFolder))).Order(StringComparer.Ordinal).ToList();
        return folders.Count > 0
            ? [.. folders.Select(Read)]
            : throw new DatasetException($"{folder} holds no masks. Expected is a folder of the TotalSegmentator data set, with SUBJECT/{MaskFolder}/STRUCTURE.nii.gz, or one subject of it.");
    }

    /// <summary>A file's name without <c>.nii</c> or <c>.nii.gz</c>; null when it has neither.</summary>
    public static string? NameOf(string file)
    {
        var name = Path.GetFileName(file);
        var extension = Array.Find(Extensions, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return extension is null ? null : name[..^extension.Length];
    }

    private static MaskSubject Read(string folder)
    {
        var masks = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, MaskFolder)))
        {
            if (NameOf(file) is { } name && !masks.TryAdd(name, file))
            {
                throw new DatasetException($"{folder} has two masks of '{name}': {Path.GetFileName(masks[name])} and {Path.GetFileName(file)}. Keep one.");
            }
        }

        var images = Directory.EnumerateFiles(folder).Where(f => NameOf(f) is { } name && ImageNames.Contains(name)).ToList();
        return new MaskSubject(Path.GetFileName(folder), images.Count == 1 ? images[0] : null, masks);
    }
}
