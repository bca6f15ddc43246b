using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LabelServer.Http;

namespace LabelServer.Datastore;

/// <summary>A JSON object as a client sent it: key order kept, numbers verbatim. Immutable and safe to share between threads.</summary>
/// <remarks>
/// Python's <c>json</c> module writes <c>NaN</c> and <c>Infinity</c>, which are not JSON and which no other reader takes; they become null here, so they are never written
/// again. Of a key that occurs twice the last value counts, as in Python.
/// </remarks>
public sealed class InfoDocument
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Of one that was read from JSON only made when they are asked for: an index of ten thousand images is opened without looking into any of them.
    private KeyValuePair<string, JsonElement>[]? _made;
    private readonly JsonElement _source;

    private InfoDocument(KeyValuePair<string, JsonElement>[] members) => _made = members;

    private InfoDocument(JsonElement source) => _source = source;

    private KeyValuePair<string, JsonElement>[] Made => _made ??= MembersOf(_source);

    /// <summary>No members.</summary>
    public static InfoDocument Empty { get; } = new([]);

    /// <summary>The number of members.</summary>
    public int Count => Made.Length;

    /// <summary>The members in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Members => Made;

    /// <summary>Reads a JSON object from text that a client sent. Empty text, and <c>[]</c>, count as no members.</summary>
    /// <param name="text">JSON text, perhaps with Python's NaN.</param>
    /// <param name="what">What the text is, for the message: "params of image 'x'".</param>
    /// <exception cref="InvalidInfoException">The text is no JSON object.</exception>
    public static InfoDocument Parse(string? text, string what)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Empty;
        }

        JsonElement root;
        try
        {
            root = ParseElement(Encoding.UTF8.GetBytes(text));
            if (text.Contains("\\u", StringComparison.Ordinal))
            {
                RequireWholeText(root);
            }
        }
        catch (JsonException exception)
        {
            throw new InvalidInfoException(
                $"The {what} must be a JSON object such as {{\"client_id\": \"me\"}}; what was sent is not JSON: {exception.Message}", exception);
        }

        return root.ValueKind switch
        {
            JsonValueKind.Object => FromElement(root),
            JsonValueKind.Array when root.GetArrayLength() == 0 => Empty,
            _ => throw new InvalidInfoException($"The {what} must be a JSON object such as {{\"client_id\": \"me\"}}, not a JSON {KindName(root.ValueKind)}."),
        };
    }

    /// <summary>The members of a JSON object.</summary>
    /// <exception cref="ArgumentException">The element is no object.</exception>
    public static InfoDocument FromElement(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("Not a JSON object.", nameof(element));
        }

        return element.EnumerateObject().MoveNext() ? new(element) : Empty;
    }

    /// <summary>Parses UTF-8 JSON, Python's NaN and infinities taken as null.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static JsonElement ParseElement(ReadOnlyMemory<byte> json)
    {
        var start = json.Span is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        using var document = JsonDocument.Parse(PythonJson.WithoutNonNumbers(json[start..]), new JsonDocumentOptions { MaxDepth = 64 });
        return document.RootElement.Clone();
    }

    /// <summary>The value of a key.</summary>
    public bool TryGet(string key, out JsonElement value)
    {
        if (_made is null)
        {
            // Finds the last of a key that occurs twice.
            return _source.TryGetProperty(key, out value);
        }

        foreach (var member in _made)
        {
            if (member.Key == key)
            {
                value = member.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The text of a key, or null when it is absent or no text.</summary>
    public string? GetText(string key) => TryGet(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The same document with a key set, in its old place or at the end.</summary>
    public InfoDocument With(string key, JsonElement value)
    {
        var members = Made.ToList();
        Set(members, key, value);
        return new([.. members]);
    }

    /// <inheritdoc cref="With(string, JsonElement)"/>
    public InfoDocument With(string key, string value) => With(key, Element(w => w.WriteStringValue(value)));

    /// <inheritdoc cref="With(string, JsonElement)"/>
    public InfoDocument With(string key, long value) => With(key, Element(w => w.WriteNumberValue(value)));

    /// <inheritdoc cref="With(string, JsonElement)"/>
    /// <exception cref="ArgumentException">The number is not finite, so JSON has no word for it.</exception>
    public InfoDocument With(string key, double value) => With(key, Element(w => w.WriteNumberValue(value)));

    /// <inheritdoc cref="With(string, JsonElement)"/>
    public InfoDocument With(string key, InfoDocument value) => With(key, Element(value.Write));

    /// <summary>The same document without a key.</summary>
    public InfoDocument Without(string key) => TryGet(key, out _) ? new([.. Made.Where(m => m.Key != key)]) : this;

    /// <summary>The same document with every key of <paramref name="changes"/> set. Values are replaced whole.</summary>
    public InfoDocument Merge(InfoDocument changes)
    {
        if (changes.Count == 0)
        {
            return this;
        }

        var members = new OrderedDictionary<string, JsonElement>(Made, StringComparer.Ordinal);
        foreach (var member in changes.Made)
        {
            members[member.Key] = member.Value;
        }

        return new([.. members]);
    }

    /// <summary>Writes the object.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMembers(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes the members only, into an object that the caller has opened.</summary>
    public void WriteMembers(Utf8JsonWriter writer)
    {
        foreach (var member in Made)
        {
            writer.WritePropertyName(member.Key);
            member.Value.WriteTo(writer);
        }
    }

    /// <summary>Compact JSON.</summary>
    public override string ToString() => Element(Write).GetRawText();

    // In the order of first appearance, with the last value; not by Set, which looks through all members each time.
    private static KeyValuePair<string, JsonElement>[] MembersOf(JsonElement element)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return [.. members];
    }

    // An escaped half of a surrogate pair is JSON by the letter, but no text: nothing could write it again.
    private static void RequireWholeText(JsonElement element)
    {
        try
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                    {
                        _ = member.Name;
                        RequireWholeText(member.Value);
                    }

                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        RequireWholeText(item);
                    }

                    break;
                case JsonValueKind.String:
                    _ = element.GetString();
                    break;
            }
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("it holds half a surrogate pair.", exception);
        }
    }

    private static JsonElement Element(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            write(writer);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Set(List<KeyValuePair<string, JsonElement>> members, string key, JsonElement value)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Key == key)
            {
                members[i] = new(key, value);
                return;
            }
        }

        members.Add(new(key, value));
    }

    private static string KindName(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };
}
