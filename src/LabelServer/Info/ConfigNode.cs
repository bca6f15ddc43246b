using System.Text.Json.Nodes;

namespace LabelServer.Info;

/// <summary>Writes the values that the clients' option panels can show: scalars and non-empty lists of text (protocol 1.12).</summary>
internal static class ConfigNode
{
    /// <summary>The value as JSON.</summary>
    /// <exception cref="InvalidOperationException">A panel cannot show it.</exception>
    public static JsonNode Of(string key, object value) => value switch
    {
        bool truth => JsonValue.Create(truth),
        int whole => JsonValue.Create(whole),
        long whole => JsonValue.Create(whole),
        double real => JsonValue.Create(real),
        string text => JsonValue.Create(text),
        IReadOnlyList<string> { Count: > 0 } list => new JsonArray([.. list.Select(t => (JsonNode?)t)]),
        _ => throw new InvalidOperationException($"The config value '{key}' is a {value.GetType().Name}, which the clients' option panels cannot show."),
    };
}
