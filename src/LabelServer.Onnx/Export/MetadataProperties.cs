using System.Buffers;
using System.Text;
using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Bundles.Metadata;

namespace LabelServer.Onnx.Export;

/// <summary>Turns a bundle's metadata into an ONNX model's properties.</summary>
public static class MetadataProperties
{
    /// <summary>One property for each key of <c>metadata.json</c>: texts as they are, everything else as JSON. A reader that wants the whole finds every key.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(BundleMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return [.. metadata.Raw.Items.Select(i => KeyValuePair.Create(Key(i.Key), i.Value is ConfigValue.Text text ? text.Value : Json(i.Value)))];
    }

    private static string Key(ConfigValue key) => key is ConfigValue.Text text ? text.Value : Json(key);

    private static string Json(ConfigValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ConfigValue value)
    {
        switch (value)
        {
            case ConfigValue.Boolean truth:
                json.WriteBooleanValue(truth.Value);
                break;
            case ConfigValue.Integer whole:
                json.WriteNumberValue(whole.Value);
                break;
            case ConfigValue.Real real when double.IsFinite(real.Value):
                json.WriteNumberValue(real.Value);
                break;
            case ConfigValue.Text text:
                json.WriteStringValue(text.Value);
                break;
            case ConfigValue.List list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case ConfigValue.Map map:
                json.WriteStartObject();
                foreach (var item in map.Items)
                {
                    json.WritePropertyName(Key(item.Key));
                    Write(json, item.Value);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
