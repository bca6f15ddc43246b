using System.Globalization;
using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Http;

namespace LabelServer.Models;

/// <summary>Reads the part of an inference config that the client's option panel shows: <c>displayable_configs</c>.</summary>
internal static class DisplayableConfig
{
    /// <summary>The key of the dictionary.</summary>
    public const string Key = "displayable_configs";

    /// <summary>Keys in written order. Values are bool, long, double, string or a non-empty list of strings, which is all that the panel can show; other values become their JSON text.</summary>
    /// <param name="inference">A resolver of the bundle's inference config.</param>
    /// <exception cref="ConfigException">A reference leads nowhere.</exception>
    public static OrderedDictionary<string, object> Read(ConfigResolver inference)
    {
        var result = new OrderedDictionary<string, object>();
        if (inference.TryResolve(Key) is ConfigValue.Map displayable)
        {
            foreach (var (key, value) in displayable.Items)
            {
                if (key is ConfigValue.Text name)
                    result[name.Value] = Shown(value);
            }
        }

        return result;
    }

    private static object Shown(ConfigValue value) => value switch
    {
        ConfigValue.Boolean truth => truth.Value,
        ConfigValue.Integer whole => whole.Value,
        ConfigValue.Real real when double.IsFinite(real.Value) => real.Value,
        ConfigValue.Text text => text.Value,
        ConfigValue.List list when list.Items.Count > 0 && list.Items.All(i => i is ConfigValue.Text) => (IReadOnlyList<string>)[.. list.Items.Select(i => ((ConfigValue.Text)i).Value)],
        _ => Json(value),
    };

    private static string Json(ConfigValue value) => value switch
    {
        ConfigValue.Null => "null",
        ConfigValue.Boolean truth => truth.Value ? "true" : "false",
        ConfigValue.Integer whole => whole.Value.ToString(CultureInfo.InvariantCulture),
        ConfigValue.Real real => real.Value.ToString("R", CultureInfo.InvariantCulture),
        ConfigValue.Text text => JsonSerializer.Serialize(text.Value, RecordJson.Default.String),
        ConfigValue.List list => $"[{string.Join(", ", list.Items.Select(Json))}]",
        ConfigValue.Map map => $"{{{string.Join(", ", map.Items.Select(i => $"{JsonSerializer.Serialize((i.Key as ConfigValue.Text)?.Value ?? Json(i.Key), RecordJson.Default.String)}: {Json(i.Value)}"))}}}",
        ConfigValue.Symbol symbol => JsonSerializer.Serialize(symbol.Name, RecordJson.Default.String),
        _ => "null",
    };
}
