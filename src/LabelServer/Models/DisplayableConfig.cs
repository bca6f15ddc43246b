using System.Text.Json;

namespace LabelServer.Models;

/// <summary>Reads the part of an inference config that the client's option panel shows: <c>displayable_configs</c>.</summary>
internal static class DisplayableConfig
{
    /// <summary>Keys in written order. Values are bool, long, double, string or a non-empty list of strings, which is all that the panel can show; other values become their JSON text.</summary>
    /// <exception cref="BundleFileException">The config is not readable.</exception>
    public static OrderedDictionary<string, object> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var result = new OrderedDictionary<string, object>();
            if (document.RootElement.TryGetProperty("displayable_configs", out var displayable) && displayable.ValueKind == JsonValueKind.Object)
            {
                foreach (var entry in displayable.EnumerateObject())
                    result[entry.Name] = Value(entry.Value);
            }

            return result;
        }
        catch (JsonException error)
        {
            throw new BundleFileException($"{path} is not valid JSON: {error.Message}", error);
        }
    }

    private static object Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            (IReadOnlyList<string>)[.. value.EnumerateArray().Select(v => v.GetString()!)],
        _ => value.GetRawText(),
    };
}
