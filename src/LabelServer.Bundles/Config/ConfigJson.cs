using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabelServer.Bundles.Config;

/// <summary>Writes config values as the JSON that reads back as the same values.</summary>
public static class ConfigJson
{
    // The text is for programs and logs, never for a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON text. Whole and real numbers stay apart: 1 and 1.0.</summary>
    /// <exception cref="ConfigException">The value holds something that JSON has no form for: a component, a symbol, NaN or an infinity.</exception>
    public static string Write(ConfigValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, ConfigValue value)
    {
        switch (value)
        {
            case ConfigValue.Null:
                writer.WriteNullValue();
                break;
            case ConfigValue.Boolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case ConfigValue.Integer integer:
                writer.WriteNumberValue(integer.Value);
                break;
            case ConfigValue.Real { Value: var real } when double.IsFinite(real):
                writer.WriteRawValue(Real(real));
                break;
            case ConfigValue.Text text:
                writer.WriteStringValue(text.Value);
                break;
            case ConfigValue.List list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case ConfigValue.Map map:
                writer.WriteStartObject();
                foreach (var (key, item) in map.Items)
                {
                    writer.WritePropertyName(ConfigTree.KeyText(key));
                    Write(writer, item);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new ConfigException($"{value} has no form in JSON.");
        }
    }

    private static string Real(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E', 'e') ? text : text + ".0";
    }
}
