using System.Text.RegularExpressions;

namespace LabelServer.Bundles.Config;

/// <summary>The names that import statements of a config bind. Nothing is imported: a name only gets its full dotted form, so that <c>dist.get_rank()</c> is known to be <c>torch.distributed.get_rank()</c>.</summary>
internal sealed partial class ConfigImports
{
    private readonly Dictionary<string, string> _names = [];

    public static ConfigImports Of(ConfigValue root)
    {
        var imports = new ConfigImports();
        imports.Collect(root);
        return imports;
    }

    public static bool IsImport(string text) => Statement().IsMatch(text);

    public string? Find(string name) => _names.GetValueOrDefault(name);

    private void Collect(ConfigValue value)
    {
        switch (value)
        {
            case ConfigValue.Text { Value: ['$', ..] } text when Statement().Match(text.Value[1..]) is { Success: true } match:
                Bind(match);
                break;
            case ConfigValue.List list:
                foreach (var item in list.Items)
                {
                    Collect(item);
                }

                break;
            case ConfigValue.Map map:
                foreach (var item in map.Items)
                {
                    Collect(item.Value);
                }

                break;
        }
    }

    private void Bind(Match match)
    {
        var name = match.Groups["name"].Value;
        var alias = match.Groups["alias"].Value;
        var from = match.Groups["from"].Value;
        if (from.Length > 0)
        {
            _names[alias.Length > 0 ? alias : name] = from + "." + name;
        }
        else if (alias.Length > 0)
        {
            _names[alias] = name;
        }
        else
        {
            // 'import a.b' binds 'a'.
            var root = name.Split('.')[0];
            _names[root] = root;
        }
    }

    [GeneratedRegex(@"^\s*(?:from\s+(?<from>[\w.]+)\s+)?import\s+(?<name>[\w.]+)(?:\s+as\s+(?<alias>\w+))?\s*(?:[,;#].*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Statement();
}
