using System.Globalization;
using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Transforms;

/// <summary>Reads the arguments of one transform, by name and type, and notes every problem instead of stopping at the first.</summary>
/// <remarks>A reader that meets a problem gives the default, so that the factory goes on and finds the next one. The chain is refused in the end.</remarks>
public sealed class TransformArguments
{
    private readonly string _bundle;
    private readonly ConfigValue.Component _component;
    private readonly List<TransformProblem> _problems;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    internal TransformArguments(string bundle, ConfigValue.Component component, bool isDictionary, List<TransformProblem> problems)
    {
        _bundle = bundle;
        _component = component;
        _problems = problems;
        Keys = isDictionary ? ReadKeys() : TransformKeys.All;

        // Where MONAI may defer or vectorise, we decide ourselves: these change no result.
        Ignore("lazy", "image_only", "_mode_", "_disabled_", "_requires_", "_desc_", "overwriting_keys");
    }

    /// <summary>The items that the transform changes.</summary>
    public TransformKeys Keys { get; }

    /// <summary>The target as written, such as <c>Spacingd</c>; the name of the step in messages.</summary>
    public string Target => _component.Target;

    /// <summary>A value in a few words, for messages.</summary>
    public static string Describe(ConfigValue value) => value switch
    {
        ConfigValue.Null => "none",
        ConfigValue.Boolean b => b.Value ? "true" : "false",
        ConfigValue.Integer i => i.Value.ToString(CultureInfo.InvariantCulture),
        ConfigValue.Real r => r.Value.ToString("R", CultureInfo.InvariantCulture),
        ConfigValue.Text t => $"'{t.Value}'",
        ConfigValue.List l => $"[{string.Join(", ", l.Items.Take(8).Select(Describe))}{(l.Items.Count > 8 ? ", …" : "")}]",
        ConfigValue.Map m => $"a dictionary of {m.Items.Count}",
        ConfigValue.Component c => $"the component {c.Target}",
        ConfigValue.Symbol s => s.Name,
        _ => value?.GetType().Name ?? "nothing",
    };

    /// <summary>True when the argument is written and is not <c>None</c>.</summary>
    public bool Has(string name) => Find(name) is not (null or ConfigValue.Null);

    /// <summary>The argument, or <paramref name="fallback"/> (MONAI's default) when it is not written.</summary>
    public T Get<T>(string name, ArgumentKind<T> kind, T fallback)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var value = Find(name);
        if (value is null)
        {
            return fallback;
        }

        if (kind.TryParse(value, out var result))
        {
            return result;
        }

        Problem(name, $"expected {kind.Expected}, found {Describe(value)}");
        return fallback;
    }

    /// <summary>An argument that must be written.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its type.</param>
    /// <param name="substitute">What the factory goes on with when it is missing.</param>
    public T Require<T>(string name, ArgumentKind<T> kind, T substitute)
    {
        ArgumentNullException.ThrowIfNull(kind);
        if (Find(name) is null)
        {
            Problem(name, $"is missing; expected {kind.Expected}");
            return substitute;
        }

        return Get(name, kind, substitute);
    }

    /// <summary>An argument that is one value for all keys, or a list with one value for each.</summary>
    public PerKey<T> GetPerKey<T>(string name, ArgumentKind<T> kind, T fallback)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var value = Find(name);
        if (value is null || kind.TryParse(value, out _) || value is not ConfigValue.List list)
        {
            return new PerKey<T>(Get(name, kind, fallback));
        }

        var count = Keys.Names?.Count ?? list.Items.Count;
        if (list.Items.Count != count)
        {
            Problem(name, $"has {list.Items.Count} values for {count} keys");
            return new PerKey<T>(fallback);
        }

        var values = new T[count];
        for (var index = 0; index < count; index++)
        {
            if (!kind.TryParse(list.Items[index], out var item))
            {
                Problem(name, $"expected {kind.Expected}, found {Describe(list.Items[index])} for key {index}");
                item = fallback;
            }

            values[index] = item;
        }

        return count == 0 ? new PerKey<T>(fallback) : new PerKey<T>(values);
    }

    /// <summary>Arguments that are known and change nothing here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _used.Add(name);
        }
    }

    /// <summary>Notes a problem with an argument, or with the whole transform when <paramref name="argument"/> is null.</summary>
    public void Problem(string? argument, string reason) => _problems.Add(new TransformProblem(_bundle, _component.Id, _component.Target, argument, reason));

    internal void ReportUnused()
    {
        foreach (var argument in _component.Arguments.Where(a => !_used.Contains(a.Key)))
        {
            Problem(argument.Key, $"is not known to this transform (value {Describe(argument.Value)})");
        }
    }

    private ConfigValue? Find(string name)
    {
        _used.Add(name);
        foreach (var argument in _component.Arguments)
        {
            if (argument.Key == name)
            {
                return argument.Value;
            }
        }

        return null;
    }

    private TransformKeys ReadKeys()
    {
        var names = Require("keys", ArgumentKinds.Texts, []);
        return new TransformKeys(names, Get("allow_missing_keys", ArgumentKinds.Boolean, false));
    }
}
