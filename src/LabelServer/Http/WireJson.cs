using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Errors;

namespace LabelServer.Http;

/// <summary>How JSON goes over the wire: UTF-8, compact, keys in the order in which they were set, non-ASCII as it is, never NaN.</summary>
public static class WireJson
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 64 };

    /// <summary>The bytes of a value; <c>null</c> for no value.</summary>
    /// <exception cref="ArgumentException">A number is NaN or infinite, which JSON has no words for.</exception>
    public static byte[] Write(JsonNode? value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            if (value is null)
                writer.WriteNullValue();
            else
                value.WriteTo(writer);
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a value. Of a key that occurs twice the last one counts, and a byte order mark is passed over, as in Python.</summary>
    /// <exception cref="JsonException">The text is not JSON, holds NaN or half a surrogate pair, or is nested deeper than 64 levels.</exception>
    public static JsonNode? Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, ReaderOptions);
            return Materialise(document.RootElement);
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("The text holds half a surrogate pair.", error);
        }
    }

    // JsonNode.Parse is lazy and throws on a repeated key when the object is first looked at, far from here.
    private static JsonNode? Materialise(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var property in element.EnumerateObject())
                    map[property.Name] = Materialise(property.Value);
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Materialise)]);
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            case JsonValueKind.True:
            case JsonValueKind.False:
                return JsonValue.Create(element.GetBoolean());
            case JsonValueKind.Number when element.TryGetInt64(out var whole):
                return JsonValue.Create(whole);
            case JsonValueKind.Number:
                var real = element.GetDouble();
                return double.IsFinite(real) ? JsonValue.Create(real) : throw new JsonException($"The number {element.GetRawText()[..Math.Min(40, element.GetRawText().Length)]} is too large.");
            default:
                return null;
        }
    }

    /// <summary>Reads the JSON object of a form field. Absent, empty and <c>[]</c> mean no parameters, as in the original.</summary>
    /// <param name="text">The field's text, or null when it was not sent.</param>
    /// <param name="field">The field's name, for the message.</param>
    /// <exception cref="BadRequestException">The text is no JSON, or JSON that is no object.</exception>
    public static JsonObject ReadFormObject(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text))
            return [];
        JsonNode? value;
        try
        {
            // Python's json.dumps writes NaN, which is no JSON: no value.
            value = Read(PythonJson.WithoutNonNumbers(System.Text.Encoding.UTF8.GetBytes(text)));
        }
        catch (JsonException error)
        {
            throw new BadRequestException($"The form field '{field}' is not valid JSON: {error.Message} Send an object such as {{\"key\": \"value\"}}.", error);
        }

        return value switch
        {
            JsonObject map => map,
            JsonArray { Count: 0 } => [],
            _ => throw new BadRequestException($"The form field '{field}' must hold a JSON object such as {{\"key\": \"value\"}}, not {KindOf(value)}."),
        };
    }

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        _ => "a truth value",
    };
}
