namespace LabelServer.Bundles;

/// <summary>Whether a path stays inside a folder, with symbolic links followed where they exist.</summary>
internal static class FolderBounds
{
    private const int MostLinks = 40;

    /// <summary>True when the path, absolute, is the folder or lies in it.</summary>
    public static bool Contains(string folder, string path)
    {
        var root = Real(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var full = Real(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var comparison = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return root is not null && full is not null
            && (full.Equals(root, comparison) || (full.StartsWith(root, comparison) && (Path.EndsInDirectorySeparator(root) || full[root.Length] == Path.DirectorySeparatorChar)));
    }

    // Follows every link on the way down; null when there are too many.
    private static string? Real(string path)
    {
        var links = 0;
        var done = Path.GetPathRoot(path) ?? string.Empty;
        var rest = new Stack<string>(Parts(path[done.Length..]).Reverse());
        while (rest.TryPop(out var part))
        {
            var next = Path.Combine(done, part);
            var target = new FileInfo(next).LinkTarget ?? new DirectoryInfo(next).LinkTarget;
            if (target is null)
            {
                done = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            var full = Path.GetFullPath(target, done);
            done = Path.GetPathRoot(full) ?? string.Empty;
            foreach (var linked in Parts(full[done.Length..]).Reverse())
            {
                rest.Push(linked);
            }
        }

        return done;
    }

    private static string[] Parts(string path) => path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
