namespace LabelServer.Worker.Calls;

/// <summary>Tells whether a bundle's configs or weights changed: names, sizes and times of the files in <c>configs</c> and <c>models</c>.</summary>
internal readonly record struct FolderStamp(int Value)
{
    /// <summary>Looks at the folder as it is now.</summary>
    public static FolderStamp Of(string folder)
    {
        var hash = default(HashCode);
        foreach (var part in new[] { "configs", "models" })
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

        return new FolderStamp(hash.ToHashCode());
    }
}
