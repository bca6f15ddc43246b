using System.Collections.Frozen;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary><c>os.path</c> and <c>glob.glob</c>. Paths are joined with <c>/</c> on every system. Looks at the disk stay inside the allowed folders, links included; a look elsewhere is refused.</summary>
/// <remarks>Source: https://docs.python.org/3/library/os.path.html, library/glob.html. <c>**</c> is treated as <c>*</c>, as Python does without <c>recursive=True</c>; results are sorted.</remarks>
internal sealed class FileFunctions(IReadOnlyList<string> folders, ExpressionBudget budget)
{
    private const int MostFiles = 100_000;

    private static readonly FrozenSet<string> Known = new[]
    {
        "os.path.join", "os.path.basename", "os.path.dirname", "os.path.splitext", "os.path.split", "os.path.normpath", "os.path.exists", "os.path.isfile", "os.path.isdir", "glob.glob",
    }.ToFrozenSet();

    public static bool IsKnown(string name) => Known.Contains(name);

    public ConfigValue Call(FunctionCall call)
    {
        budget.Step();
        switch (call.Name)
        {
            case "os.path.join":
                return Join(call);
            case "glob.glob":
                return Glob(call.Expect(1, 1));
        }

        var path = call.Expect(1, 1).Text(0);
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        var head = path[..(slash + 1)] is var h && h.Trim('/').Length == 0 ? h : h.TrimEnd('/');
        return call.Name switch
        {
            "os.path.basename" => new ConfigValue.Text(name),
            "os.path.dirname" => new ConfigValue.Text(head),
            "os.path.split" => new ConfigValue.List([new ConfigValue.Text(head), new ConfigValue.Text(name)], true),
            "os.path.splitext" => SplitExtension(path, slash),
            "os.path.normpath" => new ConfigValue.Text(Normalize(path)),
            "os.path.isfile" => new ConfigValue.Boolean(File.Exists(Inside(path))),
            "os.path.isdir" => new ConfigValue.Boolean(Directory.Exists(Inside(path))),
            _ => new ConfigValue.Boolean(Path.Exists(Inside(path))),
        };
    }

    private static ConfigValue.List SplitExtension(string path, int slash)
    {
        var name = path.AsSpan(slash + 1);
        var leading = name.Length - name.TrimStart('.').Length;
        var dot = path.LastIndexOf('.');
        var at = dot >= slash + 1 + Math.Max(1, leading) ? dot : path.Length;
        return new ConfigValue.List([new ConfigValue.Text(path[..at]), new ConfigValue.Text(path[at..])], true);
    }

    /// <summary><c>os.path.normpath</c>.</summary>
    internal static string Normalize(string path)
    {
        var isRooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != "."))
        {
            if (part != ".." || (parts.Count == 0 && !isRooted) || (parts.Count > 0 && parts[^1] == ".."))
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        var text = (isRooted ? "/" : string.Empty) + string.Join('/', parts);
        return text.Length == 0 ? "." : text;
    }

    private ConfigValue.Text Join(FunctionCall call)
    {
        call.Expect(1, int.MaxValue);
        var path = call.Text(0);
        for (var i = 1; i < call.Arguments.Count; i++)
        {
            var part = call.Text(i);
            path = part.StartsWith('/') ? part : path.Length == 0 || path.EndsWith('/') ? path + part : path + "/" + part;
            budget.Produce(path.Length);
        }

        return new ConfigValue.Text(path);
    }

    // The full path on disk, when it lies inside an allowed folder with all links followed.
    private string Inside(string path)
    {
        if (folders.Count == 0)
        {
            throw new ExpressionException("it looks at files, and no folder is open to it");
        }

        var full = path.Contains('\0', StringComparison.Ordinal) ? null : Path.GetFullPath(path, Path.GetFullPath(folders[0]));
        return full is not null && folders.Any(f => FolderBounds.Contains(f, full)) ? full : throw new ExpressionException($"it looks at '{path}', which is outside of the bundle and the studies");
    }

    private ConfigValue.List Glob(FunctionCall call)
    {
        var pattern = call.Text(0);
        var parts = pattern.Split('/');
        var wild = Array.FindIndex(parts, HasWildcard);
        if (wild < 0)
        {
            return new ConfigValue.List(Path.Exists(Inside(pattern)) ? [new ConfigValue.Text(pattern)] : []);
        }

        // Names keep the form of the pattern: what stands before the first wildcard comes back as written.
        var written = new List<string> { string.Join('/', parts[..wild]) is var head && wild > 0 && head.Length == 0 ? "/" : head };
        for (var i = wild; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            written = [.. written.SelectMany(folder => Matches(folder, parts[i], isLast))];
        }

        budget.Produce(written.Sum(w => (long)w.Length));
        return new ConfigValue.List([.. written.Order(StringComparer.Ordinal).Select(w => new ConfigValue.Text(w))]);
    }

    private IEnumerable<string> Matches(string folder, string pattern, bool isLast)
    {
        var path = Inside(folder.Length == 0 ? "." : folder);
        if (!Directory.Exists(path))
        {
            yield break;
        }

        var prefix = folder.Length == 0 || folder.EndsWith('/') ? folder : folder + "/";
        var count = 0;
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            budget.Step();
            if (++count > MostFiles)
            {
                throw new ExpressionException($"the folder '{folder}' has more than {MostFiles} files");
            }

            var hidden = entry.Name.StartsWith('.') && !pattern.StartsWith('.');
            if (!hidden && (isLast || entry is DirectoryInfo) && FileNamePattern.IsMatch(pattern, entry.Name))
            {
                yield return prefix + entry.Name;
            }
        }
    }

    private static bool HasWildcard(string part) => part.AsSpan().ContainsAny('*', '?', '[');
}
