using System.Text.Json;

namespace LabelServer.Apps;

/// <summary>Reads the JSON of an app declaration; everything that the schema would refuse becomes a fault with the key's name.</summary>
internal sealed class AppDeclarationReader(List<string> faults)
{
    private static readonly string[] Keys = ["$schema", "name", "description", "models", "strategies", "scoring", "conf"];
    private static readonly string[] KnownTypes = [.. Models.ModelType.All];
    private static readonly string[] KnownStrategies = ["random", "first", "last", "epistemic", "tta", "hardest"];
    private static readonly string[] KnownScoring = ["dice", "sum", "epistemic", "tta", "hardest"];

    public AppDeclaration Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add("The file must hold a JSON object.");
            return new AppDeclaration { Name = string.Empty };
        }

        foreach (var key in root.EnumerateObject().Select(p => p.Name).Where(n => !Keys.Contains(n, StringComparer.Ordinal)))
            faults.Add($"The key '{key}' is not known; known are {string.Join(", ", Keys.Skip(1))}.");
        var models = root.TryGetProperty("models", out var block) && block.ValueKind == JsonValueKind.Object ? Names(block, "default", "models.default") : Missing("models");
        return new AppDeclaration
        {
            Name = Text(root, "name", required: true),
            Description = Text(root, "description", required: false),
            DefaultModels = models,
            ModelTypes = block.ValueKind == JsonValueKind.Object && block.TryGetProperty("types", out _) ? Names(block, "types", "models.types", KnownTypes) : [],
            Strategies = Names(root, "strategies", "strategies", KnownStrategies),
            Scoring = root.TryGetProperty("scoring", out _) ? Names(root, "scoring", "scoring", KnownScoring) : [],
            Conf = Conf(root),
        };
    }

    private IReadOnlyList<string> Missing(string key)
    {
        faults.Add($"The key '{key}' is missing, or is no object with a list 'default'.");
        return [];
    }

    private string Text(JsonElement root, string key, bool required)
    {
        if (root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String && (!required || value.GetString()!.Length > 0))
            return value.GetString()!;
        if (required || value.ValueKind != JsonValueKind.Undefined)
            faults.Add($"The key '{key}' must hold text.");
        return string.Empty;
    }

    private IReadOnlyList<string> Names(JsonElement parent, string key, string path, string[]? known = null)
    {
        if (!parent.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(e => e.ValueKind != JsonValueKind.String))
        {
            faults.Add($"The key '{path}' must hold a list of names.");
            return [];
        }

        var names = list.EnumerateArray().Select(e => e.GetString()!).ToList();
        foreach (var name in names.Where(n => known is not null && !known.Contains(n, StringComparer.Ordinal)))
            faults.Add($"'{path}' names '{name}', which this server does not have; it has {(known!.Length == 0 ? "none" : string.Join(", ", known))}.");
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private Dictionary<string, string> Conf(JsonElement root)
    {
        var conf = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!root.TryGetProperty("conf", out var block))
            return conf;
        if (block.ValueKind != JsonValueKind.Object || block.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
        {
            faults.Add("The key 'conf' must hold an object of texts.");
            return conf;
        }

        foreach (var pair in block.EnumerateObject())
            conf[pair.Name] = pair.Value.GetString()!;
        return conf;
    }
}
