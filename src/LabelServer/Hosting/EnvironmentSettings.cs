using System.Text.Json;
using LabelServer.Http;

namespace LabelServer.Hosting;

/// <summary>Settings from the environment and from a file <c>.env</c> in the working directory, by MONAI Label's names (protocol 12.1). The environment wins over the file; names are case-sensitive.</summary>
public sealed class EnvironmentSettings
{
    private readonly IReadOnlyDictionary<string, string> _values;

    /// <summary>Wraps values.</summary>
    public EnvironmentSettings(IReadOnlyDictionary<string, string> values)
    {
        _values = values;
    }

    /// <summary>No settings: every default holds.</summary>
    public static EnvironmentSettings Empty { get; } = new(new Dictionary<string, string>());

    /// <summary>Reads the process's environment and, below it, <c>.env</c> of a folder.</summary>
    public static EnvironmentSettings Read(string folder)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var file = Path.Combine(folder, ".env");
        if (File.Exists(file))
        {
            foreach (var line in File.ReadLines(file))
                AddLine(values, line);
        }

        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            values[(string)entry.Key] = (string?)entry.Value ?? string.Empty;
        return new EnvironmentSettings(values);
    }

    /// <summary>All variables.</summary>
    public IEnumerable<KeyValuePair<string, string>> All => _values;

    /// <summary>The text of a setting, or null when it is absent or empty.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>All settings whose names start so.</summary>
    public IEnumerable<KeyValuePair<string, string>> StartingWith(string prefix) => _values.Where(v => v.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>A truth value.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="defaultValue">What absence means.</param>
    /// <param name="faults">Receives a message when the value is no truth value.</param>
    public bool Boolean(string name, bool defaultValue, ICollection<string> faults)
    {
        if (Text(name) is not { } text)
            return defaultValue;
        if (Http.BooleanText.TryParse(text, out var value))
            return value;
        faults.Add($"{name}='{text}' is no truth value. Write true or false.");
        return defaultValue;
    }

    /// <summary>A whole number.</summary>
    /// <inheritdoc cref="Boolean"/>
    public int Integer(string name, int defaultValue, ICollection<string> faults)
    {
        if (Text(name) is not { } text)
            return defaultValue;
        if (int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value))
            return value;
        faults.Add($"{name}='{text}' is no whole number.");
        return defaultValue;
    }

    /// <summary>A list of texts: a JSON array, as MONAI Label has it, or words between commas.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="faults">Receives a message when the value is neither.</param>
    public IReadOnlyList<string> List(string name, ICollection<string> faults)
    {
        if (Text(name) is not { } text)
            return [];
        if (!text.TrimStart().StartsWith('['))
            return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        try
        {
            return JsonSerializer.Deserialize(text, RecordJson.Default.StringArray) ?? [];
        }
        catch (JsonException)
        {
            faults.Add($"{name}='{text}' is no JSON list of texts. Write [\"one\", \"two\"].");
            return [];
        }
    }

    /// <summary>Pairs of texts: a JSON object. Numbers and truth values become text.</summary>
    /// <inheritdoc cref="List"/>
    public IReadOnlyList<KeyValuePair<string, string>> Map(string name, ICollection<string> faults)
    {
        if (Text(name) is not { } text)
            return [];
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText()))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            faults.Add($"{name}='{text}' is no JSON object. Write {{\"key\": \"value\"}}.");
            return [];
        }
    }

    // KEY=VALUE or export KEY=VALUE, as "--dryrun" of the original writes it; quotes around the value are dropped.
    private static void AddLine(Dictionary<string, string> values, string line)
    {
        line = line.Trim();
        if (line.StartsWith('#'))
            return;
        if (line.StartsWith("export ", StringComparison.Ordinal))
            line = line["export ".Length..].TrimStart();
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            return;
        var value = line[(equals + 1)..].Trim();
        if (value.Length >= 2 && value[0] == value[^1] && (value[0] == '"' || value[0] == '\''))
            value = value[0] == '\'' ? value[1..^1].Replace("'\\''", "'", StringComparison.Ordinal) : value[1..^1];
        values[line[..equals].Trim()] = value;
    }
}
