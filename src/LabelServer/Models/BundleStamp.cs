namespace LabelServer.Models;

/// <summary>Tells whether anything that a <see cref="ModelDescription"/> is made of has changed: names, sizes and times of the bundle's files, and the devices.</summary>
internal readonly record struct BundleStamp(int Value)
{
    /// <summary>Looks at the folder as it is now.</summary>
    public static BundleStamp Of(string folder, IReadOnlyList<string> devices)
    {
        var hash = default(HashCode);
        foreach (var device in devices)
            hash.Add(device);
        foreach (var path in new[] { ModelReader.MetadataPath(folder), ModelReader.InferencePath(folder), LargeFiles.Find(folder) })
            Add(ref hash, path is null ? null : new FileInfo(path));
        var models = new DirectoryInfo(Path.Combine(folder, "models"));
        if (models.Exists)
        {
            foreach (var file in models.EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
                Add(ref hash, file);
        }

        return new BundleStamp(hash.ToHashCode());
    }

    private static void Add(ref HashCode hash, FileInfo? file)
    {
        hash.Add(file?.Name);
        if (file is { Exists: true })
        {
            hash.Add(file.Length);
            hash.Add(file.LastWriteTimeUtc);
        }
    }
}
