using System.Globalization;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>The arguments of a scenario: pairs of <c>--key value</c>.</summary>
internal sealed class ScenarioOptions
{
    private readonly Dictionary<string, string> _values;

    private ScenarioOptions(Dictionary<string, string> values) => _values = values;

    /// <summary>Reads pairs; null when they are none.</summary>
    public static ScenarioOptions? Read(string[] arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < arguments.Length; at += 2)
        {
            if (!arguments[at].StartsWith("--", StringComparison.Ordinal) || at + 1 == arguments.Length)
                return null;
            values[arguments[at][2..]] = arguments[at + 1];
        }

        return new(values);
    }

    /// <summary>The pairs as arguments again.</summary>
    public IEnumerable<string> Arguments => _values.SelectMany(pair => new[] { "--" + pair.Key, pair.Value });

    /// <summary>A text, or null.</summary>
    public string? Text(string key) => _values.GetValueOrDefault(key);

    /// <summary>A whole number.</summary>
    public int Whole(string key, int otherwise) => _values.TryGetValue(key, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
