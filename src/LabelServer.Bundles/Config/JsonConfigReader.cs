using System.Globalization;
using System.Text.Json;

namespace LabelServer.Bundles.Config;

/// <summary>Reads JSON into config values, as Python's <c>json.load</c> does: <c>1</c> is whole, <c>1.0</c> and <c>1e0</c> are real, of equal keys the last counts.</summary>
internal sealed class JsonConfigReader(string name, ConfigLimits limits)
{
    private static readonly JsonReaderOptions Strict = new() { CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    private int _values;

    public ConfigValue Read(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var options = Strict;
        options.MaxDepth = limits.Depth;
        var reader = new Utf8JsonReader(utf8.StartsWith(mark) ? utf8[mark.Length..] : utf8, options);
        try
        {
            reader.Read();
            var value = ReadValue(ref reader);
            reader.Read();
            return value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ConfigException($"{name} is not valid JSON: {e.Message}", innerException: e);
        }
    }

    private ConfigValue ReadValue(ref Utf8JsonReader reader)
    {
        if (++_values > limits.Values)
        {
            throw new ConfigException($"{name} has more than {limits.Values} values.");
        }

        return reader.TokenType switch
        {
            JsonTokenType.Null => ConfigValue.Null.Instance,
            JsonTokenType.True => new ConfigValue.Boolean(true),
            JsonTokenType.False => new ConfigValue.Boolean(false),
            JsonTokenType.String => new ConfigValue.Text(reader.GetString()!),
            JsonTokenType.Number => ReadNumber(ref reader),
            JsonTokenType.StartArray => ReadList(ref reader),
            JsonTokenType.StartObject => ReadMap(ref reader),
            _ => throw new JsonException($"unexpected {reader.TokenType}"),
        };
    }

    private ConfigValue ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
        {
            return new ConfigValue.Real(reader.GetDouble());
        }

        return reader.TryGetInt64(out var whole)
            ? new ConfigValue.Integer(whole)
            : throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"{name} has the whole number {System.Text.Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(40, reader.ValueSpan.Length)])}, which does not fit in 64 bits."));
    }

    private ConfigValue.List ReadList(ref Utf8JsonReader reader)
    {
        var items = new List<ConfigValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader));
        }

        return new ConfigValue.List(items);
    }

    private ConfigValue.Map ReadMap(ref Utf8JsonReader reader)
    {
        var map = new ConfigMapBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            map.Set(key, ReadValue(ref reader));
        }

        return map.Build();
    }
}
