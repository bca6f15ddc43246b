using System.Text.RegularExpressions;

namespace LabelServer.Bundles.Config;

/// <summary>Follows macros: text that starts with <c>%</c> stands for what is written under another id of this config (<c>%train#handlers</c>) or of a file (<c>%parts.json#handlers</c>).</summary>
/// <remarks>Source: MONAI monai/bundle/config_parser.py (split_path_id, _do_resolve). Files are looked for from the bundle's folder and its <c>configs</c> folder, and nowhere else.</remarks>
internal sealed partial class MacroExpander(ConfigDocument document, string? folder)
{
    private readonly Dictionary<string, ConfigValue.Map> _files = [];

    /// <summary>The written value under an id, macros on the way and at the end followed; null when there is none.</summary>
    public LocatedValue? Find(string id) => Find(id, 0);

    /// <summary>Follows a macro to what it stands for; anything else comes back as it is.</summary>
    /// <exception cref="ConfigException">It leads nowhere, in a circle, or outside of the bundle.</exception>
    public LocatedValue Expand(LocatedValue found) => Expand(found, 0);

    private LocatedValue? Find(string id, int hops)
    {
        var found = new LocatedValue(document.Root, string.Empty);
        foreach (var key in ConfigPath.Split(id))
        {
            if (ConfigTree.Child(found.Value, key) is not { } child)
            {
                return null;
            }

            found = Expand(new LocatedValue(child, ConfigPath.Join(found.Origin, key)), hops);
        }

        return found;
    }

    private LocatedValue Expand(LocatedValue found, int hops)
    {
        while (found.Value is ConfigValue.Text { Value: ['%', _, ..] } macro)
        {
            if (++hops > document.Limits.Depth)
            {
                throw new ConfigException($"the macro '{macro.Value}' at '{found.Origin}' leads back to itself.", found.Origin);
            }

            found = Follow(macro.Value, found.Origin, hops);
        }

        return found;
    }

    private LocatedValue Follow(string macro, string origin, int hops)
    {
        var text = ConfigPath.Normalize(macro[1..]);
        var match = FilePart().Match(text);
        if (match.Success)
        {
            var id = match.Groups["id"].Value;
            var value = ConfigTree.Descend(ReadFile(match.Groups["file"].Value, origin), ConfigPath.Split(id));
            return value is null ? throw new ConfigException($"the macro '{macro}' at '{origin}' names an id that is not in that file.", origin) : new LocatedValue(value, origin);
        }

        var target = ConfigPath.Absolute(text, origin);
        return Find(target, hops) ?? throw new ConfigException($"the macro '{macro}' at '{origin}' leads nowhere: there is no '{target}'. Is the config that defines it loaded before this one?", origin);
    }

    private ConfigValue.Map ReadFile(string file, string origin)
    {
        if (_files.TryGetValue(file, out var known))
        {
            return known;
        }

        if (folder is null)
        {
            throw new ConfigException($"the macro at '{origin}' reads {file}; a config outside of a bundle reads no files.", origin);
        }

        foreach (var start in new[] { folder, Path.Combine(folder, "configs") })
        {
            var path = Path.GetFullPath(file, Path.GetFullPath(start));
            if (!FolderBounds.Contains(folder, path))
            {
                throw new ConfigException($"the macro at '{origin}' reads {file}, which is outside of the bundle.", origin);
            }

            if (File.Exists(path))
            {
                return _files[file] = ConfigDocument.ReadFile(path, document.Limits);
            }
        }

        throw new ConfigException($"the macro at '{origin}' reads {file}, and the bundle has no such file.", origin);
    }

    [GeneratedRegex(@"^(?<file>.+?\.(?:json|yaml|yml))(?:::(?<id>.*))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex FilePart();
}
