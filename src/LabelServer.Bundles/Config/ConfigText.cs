using System.Globalization;
using System.Text;

namespace LabelServer.Bundles.Config;

/// <summary>Writes a resolved config value as text that is the same for the same value and another for any other: part of the keys of caches and of kept measurements.</summary>
public static class ConfigText
{
    /// <summary>The text of a value; "null" when there is none.</summary>
    /// <exception cref="InvalidOperationException">A kind of value that has no text; every kind that a config can hold has one.</exception>
    public static string Of(ConfigValue? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ConfigValue? value)
    {
        switch (value)
        {
            case null or ConfigValue.Null:
                text.Append("null");
                break;
            case ConfigValue.Boolean truth:
                text.Append(truth.Value ? "true" : "false");
                break;
            case ConfigValue.Integer whole:
                text.Append(CultureInfo.InvariantCulture, $"{whole.Value}");
                break;
            case ConfigValue.Real real:
                text.Append(CultureInfo.InvariantCulture, $"{real.Value:R}r");
                break;
            case ConfigValue.Text words:
                AppendQuoted(text, words.Value);
                break;
            case ConfigValue.List list:
                AppendAll(text, list.IsTuple ? "(" : "[", list.Items);
                break;
            case ConfigValue.Map map:
                AppendAll(text, "{", map.Items.SelectMany(i => new[] { i.Key, i.Value }));
                break;
            case ConfigValue.Component component:
                AppendQuoted(text, $"{component.Target}:{component.Mode}");
                AppendNamed(text, component.Arguments);
                break;
            case ConfigValue.Symbol symbol:
                AppendQuoted(text, $"{symbol.Kind}:{symbol.Name}");
                Append(text, symbol.Receiver);
                AppendAll(text, "(", symbol.Arguments);
                AppendNamed(text, symbol.Keywords);
                break;
            default:
                throw new InvalidOperationException($"A config value of the type {value.GetType().Name} has no text.");
        }
    }

    // The length before the text keeps any two texts apart, whatever characters they hold.
    private static void AppendQuoted(StringBuilder text, string words) => text.Append(CultureInfo.InvariantCulture, $"{words.Length}'{words}'");

    private static void AppendNamed(StringBuilder text, IEnumerable<KeyValuePair<string, ConfigValue>> values)
    {
        text.Append('{');
        foreach (var (name, value) in values)
        {
            AppendQuoted(text, name);
            Append(text, value);
            text.Append(',');
        }

        text.Append('}');
    }

    private static void AppendAll(StringBuilder text, string open, IEnumerable<ConfigValue> values)
    {
        text.Append(open);
        foreach (var value in values)
        {
            Append(text, value);
            text.Append(',');
        }

        text.Append('.');
    }
}
