namespace LabelServer.Models;

/// <summary>Tells whether anything that a <see cref="ModelDescription"/> is made of has changed: names, sizes and times of the bundle's files, and the devices.</summary>
internal readonly record struct BundleStamp(int Value)
{
    private static readonly string[] Folders = [string.Empty, "configs", "models"];

    /// <summary>Looks at the folder as it is now.</summary>
    public static BundleStamp Of(string folder, IReadOnlyList<string> devices)
    {
        var hash = default(HashCode);
        foreach (var device in devices)
            hash.Add(device);
        foreach (var part in Folders)
        {
            var directory = new DirectoryInfo(Path.Combine(folder, part));
            if (!directory.Exists)
                continue;
            foreach (var file in directory.EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
            {
                hash.Add(file.Name);
                hash.Add(file.Length);
                hash.Add(file.LastWriteTimeUtc);
            }
        }

        return new BundleStamp(hash.ToHashCode());
    }
}
