using System.Runtime.CompilerServices;
using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Config;

/// <summary>Turns what is written in a config into values: follows references and macros, evaluates expressions, describes components. Builds and executes nothing.</summary>
/// <remarks>
/// <para>Source of the rules: MONAI monai/bundle/{config_parser,reference_resolver,config_item}.py and https://docs.monai.io/en/stable/config_syntax.html. In a list or dictionary a disabled component is left out;
/// a reference to one is null. <c>_requires_</c> only orders effects, and effects do not happen here.</para>
/// <para>Intended differences: only what a value needs is resolved, so a fault elsewhere does no harm; macros may lead to macros; text that is neither reference, macro nor expression keeps its <c>#</c>;
/// a macro reads files of the bundle only.</para>
/// <para>Remembers what it resolved. Not thread safe.</para>
/// </remarks>
public sealed class ConfigResolver
{
    private readonly ConfigResolverOptions _options;
    private readonly ConfigLimits _limits;
    private readonly MacroExpander _macros;
    private readonly ConfigImports _imports;
    private readonly ConfigValueSizes _sizes = new();
    private readonly Dictionary<string, ConfigValue> _resolved = [];
    private readonly List<string> _path = [];
    private readonly HashSet<string> _onPath = [];
    private readonly List<UnsupportedExpression> _unsupported = [];
    private long _values;

    /// <summary>Makes a resolver for a document.</summary>
    public ConfigResolver(ConfigDocument document, ConfigResolverOptions? options = null)
    {
        Document = document;
        _options = options ?? new ConfigResolverOptions();
        _limits = document.Limits;
        _macros = new MacroExpander(document, _options.Folder);
        _imports = ConfigImports.Of(document.Root);
    }

    /// <summary>The document.</summary>
    public ConfigDocument Document { get; }

    /// <summary>The expressions met so far that are not evaluated, each once.</summary>
    public IReadOnlyList<UnsupportedExpression> Unsupported => _unsupported;

    /// <summary>True when there is a value under that id, macros followed.</summary>
    public bool Contains(string id) => _macros.Find(ConfigPath.Normalize(id)) is not null;

    /// <summary>The value under an id.</summary>
    /// <param name="id">Keys and indices joined by <c>#</c> or <c>::</c>; empty for the whole config.</param>
    /// <returns>The value. An expression that is not evaluated is a symbol of kind <see cref="SymbolKinds.Unsupported"/> and stands in <see cref="Unsupported"/>.</returns>
    /// <exception cref="ConfigException">There is no such id, a reference or macro leads nowhere or back to itself, or a bound is exceeded.</exception>
    public ConfigValue Resolve(string id)
    {
        id = ConfigPath.Normalize(id);
        var found = _macros.Find(id) ?? throw new ConfigException($"{Where}: there is no '{id}'.", id);
        return ResolveNode(id, found);
    }

    /// <summary>The value under an id, or null when there is none.</summary>
    /// <exception cref="ConfigException">As for <see cref="Resolve"/>, but for a missing id.</exception>
    public ConfigValue? TryResolve(string id) => Contains(id) ? Resolve(id) : null;

    /// <summary>Resolves every id of the config and says what cannot be: expressions that are not evaluated, and references and macros that lead nowhere.</summary>
    public IReadOnlyList<UnsupportedExpression> FindProblems()
    {
        var problems = new List<UnsupportedExpression>();
        Visit(string.Empty, new LocatedValue(Document.Root, string.Empty), problems, 0);
        return [.. _unsupported.Concat(problems).DistinctBy(p => (p.Key, p.Expression))];
    }

    private string Where => Document.Sources.Count == 0 ? $"bundle '{_options.BundleName}'" : $"bundle '{_options.BundleName}', {string.Join(" + ", Document.Sources.Select(s => Path.GetFileName(s)))}";

    private void Visit(string id, LocatedValue found, List<UnsupportedExpression> problems, int depth)
    {
        try
        {
            found = _macros.Expand(found);
            switch (found.Value)
            {
                case ConfigValue.Text:
                    ResolveNode(id, found);
                    break;
                case ConfigValue.List or ConfigValue.Map when depth < _limits.Depth:
                    foreach (var (childId, _, child) in Children(id, found))
                    {
                        Visit(childId, child, problems, depth + 1);
                    }

                    break;
            }
        }
        catch (ConfigException e)
        {
            problems.Add(new UnsupportedExpression(_options.BundleName, id, (found.Value as ConfigValue.Text)?.Value.TrimStart('$') ?? string.Empty, e.Message));
        }
    }

    private ConfigValue ResolveNode(string id, LocatedValue found)
    {
        if (_resolved.TryGetValue(id, out var known))
        {
            return known;
        }

        if (!_onPath.Add(id))
        {
            throw new ConfigException($"{Where}: '{id}' refers back to itself: {string.Join(" → ", _path.SkipWhile(p => p != id).Append(id))}.", id);
        }

        _path.Add(id);
        try
        {
            if (_path.Count > _limits.Depth * 4 || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                throw new ConfigException($"{Where}: '{id}' is reached through too many references and levels.", id);
            }

            var value = Compute(id, _macros.Expand(found));
            var size = _sizes.Of(value);
            if (size > _limits.Values || ++_values > _limits.Values)
            {
                throw new ConfigException($"{Where}: '{id}' stands for more than {_limits.Values} values.", id);
            }

            return _resolved[id] = value;
        }
        finally
        {
            _path.RemoveAt(_path.Count - 1);
            _onPath.Remove(id);
        }
    }

    private ConfigValue Compute(string id, LocatedValue found)
    {
        switch (found.Value)
        {
            case ConfigValue.Text { Value: ['$', ..] } expression:
                return Evaluate(id, expression.Value[1..], found.Origin);
            case ConfigValue.Text text when ConfigPath.IsReference(text.Value, out var reference):
                return Refer(reference, id, found.Origin);
            case ConfigValue.List list:
                return list with { Items = [.. Kept(id, found).Select(c => c.Value)] };
            case ConfigValue.Map map when map.Find("_target_") is not null:
                return Describe(id, found);
            case ConfigValue.Map:
                return new ConfigValue.Map([.. Kept(id, found)]);
            default:
                return found.Value;
        }
    }

    private static IEnumerable<(string Id, ConfigValue Key, LocatedValue Child)> Children(string id, LocatedValue found)
    {
        if (found.Value is ConfigValue.Map map)
        {
            return map.Items.Select(i => (ConfigPath.Join(id, ConfigTree.KeyText(i.Key)), i.Key, new LocatedValue(i.Value, ConfigPath.Join(found.Origin, ConfigTree.KeyText(i.Key)))));
        }

        var items = ((ConfigValue.List)found.Value).Items;
        return items.Select((item, i) => (ConfigPath.Join(id, i), (ConfigValue)new ConfigValue.Integer(i), new LocatedValue(item, ConfigPath.Join(found.Origin, i))));
    }

    // The children of a list or plain dictionary, disabled components left out.
    private IEnumerable<KeyValuePair<ConfigValue, ConfigValue>> Kept(string id, LocatedValue found)
    {
        foreach (var (childId, key, child) in Children(id, found))
        {
            var expanded = _macros.Expand(child);
            var value = ResolveNode(childId, expanded);
            var isLeftOut = value is ConfigValue.Null && expanded.Value is ConfigValue.Map;
            if (!isLeftOut)
            {
                yield return KeyValuePair.Create(key, value);
            }
        }
    }

    private ConfigValue Describe(string id, LocatedValue found)
    {
        var arguments = new List<KeyValuePair<string, ConfigValue>>();
        var target = string.Empty;
        var mode = "default";
        foreach (var (childId, key, child) in Children(id, found).OrderByDescending(c => c.Key is ConfigValue.Text { Value: "_disabled_" }))
        {
            switch (ConfigTree.KeyText(key))
            {
                case "_requires_" or "_desc_":
                    break;
                case "_disabled_" when IsTrue(ResolveNode(childId, child)):
                    return ConfigValue.Null.Instance;
                case "_disabled_":
                    break;
                case "_target_":
                    target = NameOf(ResolveNode(childId, child), id);
                    break;
                case "_mode_":
                    mode = ResolveNode(childId, child) is ConfigValue.Text text ? text.Value : throw new ConfigException($"{Where}: '{childId}' must be text.", childId);
                    break;
                case var name:
                    var expanded = _macros.Expand(child);
                    var value = ResolveNode(childId, expanded);
                    if (value is not ConfigValue.Null || expanded.Value is not ConfigValue.Map)
                    {
                        arguments.Add(KeyValuePair.Create(name, value));
                    }

                    break;
            }
        }

        return new ConfigValue.Component(id, target, arguments) { Mode = mode };
    }

    private string NameOf(ConfigValue target, string id) => target switch
    {
        ConfigValue.Text text => text.Value,
        ConfigValue.Symbol symbol => symbol.Name,
        ConfigValue.Component component => "@" + component.Id,
        _ => throw new ConfigException($"{Where}: the '_target_' of '{id}' is {PythonText.TypeOf(target)}; it must name a component.", id),
    };

    // As MONAI: the text 'true' in any case disables, other text does not; what cannot be told does not.
    private static bool IsTrue(ConfigValue value) => value switch
    {
        ConfigValue.Text text => text.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase),
        ConfigValue.List list => list.Items.Count > 0,
        ConfigValue.Map map => map.Items.Count > 0,
        _ => PythonNumber.TryOf(value, out var number) && number.ToReal() != 0,
    };

    private ConfigValue Refer(string reference, string id, string origin)
    {
        var target = ConfigPath.Absolute(reference, origin);
        var found = _macros.Find(target) ?? throw new ConfigException($"{Where}: '{id}' refers to '@{reference}', and there is no '{target}'.", id);
        return ResolveNode(target, found);
    }

    private ConfigValue Evaluate(string id, string text, string origin)
    {
        if (ConfigImports.IsImport(text))
        {
            return new ConfigValue.Symbol(SymbolKinds.Import, text.Trim());
        }

        try
        {
            return ExpressionEvaluator.Evaluate(text, new Scope(this, id, origin), _options.Expressions);
        }
        catch (ExpressionException e)
        {
            _unsupported.Add(new UnsupportedExpression(_options.BundleName, id, text, e.Message));
            return new ConfigValue.Symbol(SymbolKinds.Unsupported, text);
        }
    }

    private sealed class Scope(ConfigResolver resolver, string id, string origin) : IExpressionScope
    {
        public ConfigValue Reference(string reference) => resolver.Refer(reference, id, origin);

        public string? Import(string name) => resolver._imports.Find(name);
    }
}
