using System.Globalization;
using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Networks;

/// <summary>A layer chosen by name with arguments, as MONAI's factories take it: <c>"RELU"</c> or <c>["GROUP", {"num_groups": 8}]</c>.</summary>
/// <remarks>Names are compared without case. Source: MONAI@d388d1c6 monai/networks/layers/factories.py, split_args.</remarks>
public sealed class LayerSpec
{
    private readonly IReadOnlyDictionary<string, ConfigValue> _arguments;

    /// <summary>Creates a specification.</summary>
    /// <param name="name">The layer's name, such as <c>GROUP</c>; empty is no layer.</param>
    /// <param name="arguments">Its arguments by MONAI's (PyTorch's) names.</param>
    public LayerSpec(string name, IReadOnlyDictionary<string, ConfigValue>? arguments = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name.ToUpperInvariant();
        _arguments = arguments ?? new Dictionary<string, ConfigValue>();
    }

    /// <summary>The name in upper case.</summary>
    public string Name { get; }

    /// <summary>Group normalisation with that many groups.</summary>
    public static LayerSpec Group(int groups) => new("GROUP", new Dictionary<string, ConfigValue> { ["num_groups"] = new ConfigValue.Integer(groups) });

    /// <summary>The same layer with an argument where it says nothing of it.</summary>
    public LayerSpec WithDefault(string name, ConfigValue value) =>
        _arguments.ContainsKey(name) ? this : new LayerSpec(Name, new Dictionary<string, ConfigValue>(_arguments, StringComparer.Ordinal) { [name] = value });

    /// <summary>Reads a specification out of a config.</summary>
    /// <param name="value">Text, or a list of a text and a dictionary.</param>
    /// <param name="key">What it is called, for the message.</param>
    /// <exception cref="NetworkUnsupportedException">It has another form.</exception>
    public static LayerSpec Read(ConfigValue value, string key)
    {
        switch (value)
        {
            case ConfigValue.Text text:
                return new LayerSpec(text.Value);
            case ConfigValue.List { Items: [ConfigValue.Text name] }:
                return new LayerSpec(name.Value);
            case ConfigValue.List { Items: [ConfigValue.Text name, ConfigValue.Map map] }:
                var arguments = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
                foreach (var item in map.Items)
                {
                    arguments[item.Key is ConfigValue.Text text ? text.Value : string.Create(CultureInfo.InvariantCulture, $"{item.Key}")] = item.Value;
                }

                return new LayerSpec(name.Value, arguments);
            default:
                throw new NetworkUnsupportedException($"'{key}' is {value}; a layer is a name, or a list of a name and its arguments.");
        }
    }

    /// <summary>Refuses arguments that the layer is not known to have.</summary>
    /// <exception cref="NetworkUnsupportedException">There are others.</exception>
    public void Allow(params ReadOnlySpan<string> names)
    {
        foreach (var name in _arguments.Keys)
        {
            if (!names.Contains(name))
            {
                throw new NetworkUnsupportedException($"The layer {Name} has the argument '{name}', which is not supported; supported: {string.Join(", ", names.ToArray())}.");
            }
        }
    }

    /// <summary>A real argument or its default.</summary>
    /// <exception cref="NetworkUnsupportedException">It is no number.</exception>
    public double Real(string name, double otherwise) => _arguments.GetValueOrDefault(name) switch
    {
        null => otherwise,
        ConfigValue.Real real => real.Value,
        ConfigValue.Integer integer => integer.Value,
        var other => throw Wrong(name, other, "a number"),
    };

    /// <summary>A whole argument or its default.</summary>
    /// <exception cref="NetworkUnsupportedException">It is no whole number.</exception>
    public int Integer(string name, int otherwise) => _arguments.GetValueOrDefault(name) switch
    {
        null => otherwise,
        ConfigValue.Integer { Value: >= int.MinValue and <= int.MaxValue } integer => (int)integer.Value,
        var other => throw Wrong(name, other, "a whole number"),
    };

    /// <summary>A truth argument or its default.</summary>
    /// <exception cref="NetworkUnsupportedException">It is neither true nor false.</exception>
    public bool Boolean(string name, bool otherwise) => _arguments.GetValueOrDefault(name) switch
    {
        null => otherwise,
        ConfigValue.Boolean boolean => boolean.Value,
        var other => throw Wrong(name, other, "true or false"),
    };

    private NetworkUnsupportedException Wrong(string name, ConfigValue value, string expected) => new($"The layer {Name} has '{name}' = {value}; it must be {expected}.");
}
