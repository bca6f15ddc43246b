using System.Text.Json;
using LabelServer.Bundles.Config;

namespace LabelServer.Testing;

/// <summary>Turns the arguments of a reference case into the config values that a bundle would give.</summary>
public static class JsonConfig
{
    /// <summary>A component with the arguments of a JSON object.</summary>
    public static ConfigValue.Component Component(string target, JsonElement arguments, params string[] without) =>
        new("golden", target, [.. arguments.EnumerateObject().Where(p => !without.Contains(p.Name)).Select(p => KeyValuePair.Create(p.Name, Value(p.Value)))]);

    /// <summary>A JSON value as a config value.</summary>
    public static ConfigValue Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => new ConfigValue.Boolean(true),
        JsonValueKind.False => new ConfigValue.Boolean(false),
        JsonValueKind.Number when element.TryGetInt64(out var whole) && !element.GetRawText().Contains('.') => new ConfigValue.Integer(whole),
        JsonValueKind.Number => new ConfigValue.Real(element.GetDouble()),
        JsonValueKind.String => new ConfigValue.Text(element.GetString()!),
        JsonValueKind.Array => new ConfigValue.List([.. element.EnumerateArray().Select(Value)]),
        JsonValueKind.Object => new ConfigValue.Map([.. element.EnumerateObject().Select(p => KeyValuePair.Create<ConfigValue, ConfigValue>(new ConfigValue.Text(p.Name), Value(p.Value)))]),
        _ => ConfigValue.Null.Instance,
    };
}
