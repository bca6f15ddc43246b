using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Sets of plain values.</summary>
/// <remarks>Python leaves a set's order open. Here whole numbers come in ascending order, which is also what CPython gives for small ones, and everything else in the order of first appearance.</remarks>
internal static class PythonSets
{
    public static PythonSet Make(IEnumerable<ConfigValue> items)
    {
        var distinct = new OrderedDictionary<ConfigValue, bool>(PythonEqualityComparer.Instance);
        foreach (var item in items)
        {
            if (item is ConfigValue.List { IsTuple: false } or ConfigValue.Map or PythonSet)
            {
                throw new ExpressionException($"a {PythonText.TypeOf(item)} cannot be in a set");
            }

            distinct.TryAdd(item, true);
        }

        IEnumerable<ConfigValue> order = distinct.Keys;
        if (distinct.Keys.All(i => i is ConfigValue.Integer))
        {
            order = order.OrderBy(i => ((ConfigValue.Integer)i).Value);
        }

        return new PythonSet([.. order]);
    }

    public static PythonSet Apply(string op, PythonSet a, PythonSet b)
    {
        var comparer = PythonEqualityComparer.Instance;
        return op switch
        {
            "-" => Make(a.Items.Except(b.Items, comparer)),
            "&" => Make(a.Items.Intersect(b.Items, comparer)),
            "|" => Make(a.Items.Concat(b.Items)),
            "^" => Make(a.Items.Except(b.Items, comparer).Concat(b.Items.Except(a.Items, comparer))),
            _ => throw new ExpressionException($"'{op}' does not work on sets"),
        };
    }

    /// <summary>Writes sets as lists, at any depth. Values without a set come back as they are.</summary>
    public static ConfigValue ToList(ConfigValue value) => ToList(value, new Dictionary<ConfigValue, ConfigValue>(ReferenceEqualityComparer.Instance));

    // Remembers what is done: shared parts are rewritten once.
    private static ConfigValue ToList(ConfigValue value, Dictionary<ConfigValue, ConfigValue> done)
    {
        if (value is not (PythonSet or ConfigValue.List or ConfigValue.Map))
        {
            return value;
        }

        if (done.TryGetValue(value, out var known))
        {
            return known;
        }

        return done[value] = value switch
        {
            PythonSet set => new ConfigValue.List(set.Items),
            ConfigValue.List list => Rewrite(list.Items, done) is { } items ? list with { Items = items } : list,
            ConfigValue.Map map when Rewrite([.. map.Items.Select(i => i.Value)], done) is { } values => new ConfigValue.Map([.. map.Items.Zip(values, (i, v) => KeyValuePair.Create(i.Key, v))]),
            _ => value,
        };
    }

    private static List<ConfigValue>? Rewrite(IReadOnlyList<ConfigValue> items, Dictionary<ConfigValue, ConfigValue> done)
    {
        List<ConfigValue> rewritten = [.. items.Select(i => ToList(i, done))];
        return rewritten.Zip(items).Any(i => !ReferenceEquals(i.First, i.Second)) ? rewritten : null;
    }
}
