using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Errors;

namespace LabelServer.Scoring;

/// <summary>Reads parameters of a scoring request, whose numbers clients may send as text.</summary>
internal static class ScoringParameters
{
    /// <summary>A whole number.</summary>
    /// <exception cref="BadRequestException">It is none, or out of its range.</exception>
    public static int Integer(JsonObject request, string key, int defaultValue, int least, int most)
    {
        if (!request.TryGetPropertyValue(key, out var node) || node is null)
            return defaultValue;
        return double.TryParse(node.GetValueKind() == JsonValueKind.String ? (string?)node : node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var value)
            && value == Math.Floor(value) && value >= least && value <= most
            ? (int)value
            : throw new BadRequestException($"The parameter {key} can not be {node.ToJsonString()}. Give a whole number from {least} to {most}.");
    }

    /// <summary>A text; empty means the default.</summary>
    /// <exception cref="BadRequestException">It is something else.</exception>
    public static string Text(JsonObject request, string key, string defaultValue)
    {
        if (!request.TryGetPropertyValue(key, out var node) || node is null)
            return defaultValue;
        return node is JsonValue value && value.TryGetValue(out string? text)
            ? text.Length > 0 ? text : defaultValue
            : throw new BadRequestException($"The parameter {key} must be text.");
    }

    /// <summary>A truth value.</summary>
    /// <exception cref="BadRequestException">It is none.</exception>
    public static bool Boolean(JsonObject request, string key, bool defaultValue)
    {
        if (!request.TryGetPropertyValue(key, out var node) || node is null)
            return defaultValue;
        return node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when Http.BooleanText.TryParse((string)node!, out var value) => value,
            _ => throw new BadRequestException($"The parameter {key} can not be {node.ToJsonString()}. Give true or false."),
        };
    }
}
