using LabelServer.Bundles.Config;

namespace LabelServer.Learning.Configuration;

/// <summary>Reads the arguments of a component by name and type, and knows afterwards which were not read.</summary>
/// <remarks>Every message names the component's place and target, the argument and its value. Not for several threads at once.</remarks>
public sealed class ComponentArguments
{
    private readonly Dictionary<string, ConfigValue> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Takes the arguments of a component.</summary>
    public ComponentArguments(ConfigValue.Component component)
    {
        ArgumentNullException.ThrowIfNull(component);
        Component = component;
        foreach (var (name, value) in component.Arguments)
        {
            _values[name] = value;
        }
    }

    /// <summary>The component.</summary>
    public ConfigValue.Component Component { get; }

    /// <summary>The last part of the target: <c>DiceCELoss</c> of <c>monai.losses.DiceCELoss</c>.</summary>
    public string TargetName => NameOf(Component);

    /// <summary>The last part of a component's target.</summary>
    public static string NameOf(ConfigValue.Component component)
    {
        ArgumentNullException.ThrowIfNull(component);
        return component.Target[(component.Target.LastIndexOf('.') + 1)..];
    }

    /// <summary>The argument, or null when it is absent or <c>None</c>.</summary>
    public ConfigValue? Get(string name)
    {
        _read.Add(name);
        return _values.TryGetValue(name, out var value) && value is not ConfigValue.Null ? value : null;
    }

    /// <summary>Marks arguments as known though they have no effect here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _read.Add(name);
        }
    }

    /// <summary>A truth value.</summary>
    public bool Boolean(string name, bool fallback) => Get(name) switch
    {
        null => fallback,
        ConfigValue.Boolean b => b.Value,
        ConfigValue.Integer { Value: 0 or 1 } i => i.Value == 1,
        var other => throw Wrong(name, other, "true or false"),
    };

    /// <summary>A number, or null.</summary>
    public double? Number(string name) => Get(name) is { } value ? AsNumber(name, value) : null;

    /// <summary>A number.</summary>
    public double Number(string name, double fallback) => Number(name) ?? fallback;

    /// <summary>A whole number. A real number without a fraction counts as one, as Python's arithmetic often makes them.</summary>
    public int Integer(string name, int fallback) => Get(name) switch
    {
        null => fallback,
        ConfigValue.Integer i => checked((int)i.Value),
        ConfigValue.Real r when r.Value == Math.Floor(r.Value) && Math.Abs(r.Value) < int.MaxValue => (int)r.Value,
        var other => throw Wrong(name, other, "a whole number"),
    };

    /// <summary>Text, or null.</summary>
    public string? Text(string name) => Get(name) switch
    {
        null => null,
        ConfigValue.Text t => t.Value,
        ConfigValue.Symbol s => s.Name,
        var other => throw Wrong(name, other, "text"),
    };

    /// <summary>A list of numbers; a single number is a list of one. Null when absent.</summary>
    public IReadOnlyList<double>? Numbers(string name) => Get(name) switch
    {
        null => null,
        ConfigValue.List list => [.. list.Items.Select(v => AsNumber(name, v))],
        var single => [AsNumber(name, single)],
    };

    /// <summary>A list of text; a single text is a list of one. Null when absent.</summary>
    public IReadOnlyList<string>? Texts(string name) => Get(name) switch
    {
        null => null,
        ConfigValue.Text t => [t.Value],
        ConfigValue.List list => [.. list.Items.Select(v => v is ConfigValue.Text t ? t.Value : throw Wrong(name, v, "text"))],
        var other => throw Wrong(name, other, "a list of text"),
    };

    /// <summary>One of the words of a list.</summary>
    public T Word<T>(string name, T fallback, params ReadOnlySpan<(string Word, T Value)> words)
    {
        if (Get(name) is not { } value)
        {
            return fallback;
        }

        var text = value is ConfigValue.Text t ? t.Value : throw Wrong(name, value, "text");
        var known = new List<string>();
        foreach (var (word, result) in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                return result;
            }

            known.Add(word);
        }

        throw Wrong(name, value, "one of " + string.Join(", ", known));
    }

    /// <summary>Another component.</summary>
    public ConfigValue.Component? Inner(string name) => Get(name) switch
    {
        null => null,
        ConfigValue.Component c => c,
        var other => throw Wrong(name, other, "a component with _target_"),
    };

    /// <summary>Refuses arguments that nobody asked for: ignoring one silently would train something else than what is written.</summary>
    /// <exception cref="ComponentException">There are such arguments; all are named.</exception>
    public void RequireAllRead()
    {
        string[] unknown = [.. _values.Keys.Where(k => !_read.Contains(k))];
        if (unknown.Length > 0)
        {
            throw new ComponentException($"{Component.Id}: {Component.Target} does not take {string.Join(", ", unknown)} here. Remove it or set it to what is supported.");
        }
    }

    /// <summary>An exception for an argument's value.</summary>
    public ComponentException Wrong(string name, ConfigValue value, string wanted) =>
        new($"{Component.Id}: {Component.Target} needs {wanted} as {name}; it is {Describe(value)}.");

    /// <summary>An exception for a target that nothing here implements.</summary>
    public ComponentException Unsupported(string kind, IEnumerable<string> known) =>
        new($"{Component.Id}: the {kind} {Component.Target} is not supported. Supported are {string.Join(", ", known)}.");

    private double AsNumber(string name, ConfigValue value) => value switch
    {
        ConfigValue.Integer i => i.Value,
        ConfigValue.Real r => r.Value,
        _ => throw Wrong(name, value, "a number"),
    };

    private static string Describe(ConfigValue value) => value switch
    {
        ConfigValue.Text t => $"'{t.Value}'",
        ConfigValue.Integer i => FormattableString.Invariant($"{i.Value}"),
        ConfigValue.Real r => FormattableString.Invariant($"{r.Value}"),
        ConfigValue.Boolean b => b.Value ? "true" : "false",
        ConfigValue.Symbol s => s.Name,
        ConfigValue.Component c => c.Target,
        ConfigValue.List l => $"a list of {l.Items.Count}",
        ConfigValue.Map => "a dictionary",
        _ => "null",
    };
}
