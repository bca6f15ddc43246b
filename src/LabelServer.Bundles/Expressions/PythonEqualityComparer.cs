using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Python's <c>==</c> on plain values: <c>1 == 1.0 == True</c>, lists by items, a list never equals a tuple, dictionaries without regard to order. NaN equals nothing as a value but itself as a key.</summary>
internal sealed class PythonEqualityComparer : IEqualityComparer<ConfigValue>
{
    public static PythonEqualityComparer Instance { get; } = new();

    public bool Equals(ConfigValue? x, ConfigValue? y)
    {
        if (ReferenceEquals(x, y))
        {
            return true;
        }

        if (x is null || y is null)
        {
            return false;
        }

        if (PythonNumber.TryOf(x, out var a) && PythonNumber.TryOf(y, out var b))
        {
            return PythonNumber.Compare(a, b) == 0;
        }

        return (x, y) switch
        {
            (ConfigValue.Text p, ConfigValue.Text q) => p.Value == q.Value,
            (ConfigValue.List p, ConfigValue.List q) => p.IsTuple == q.IsTuple && p.Items.Count == q.Items.Count && p.Items.Zip(q.Items).All(i => Equals(i.First, i.Second)),
            (ConfigValue.Map p, ConfigValue.Map q) => EqualMaps(p, q),
            (ConfigValue.Symbol p, ConfigValue.Symbol q) => p.Kind == q.Kind && p.Name == q.Name && p.Receiver is null && q.Receiver is null,
            _ => false,
        };
    }

    public int GetHashCode(ConfigValue obj) => obj switch
    {
        ConfigValue.Text text => text.Value.GetHashCode(StringComparison.Ordinal),
        ConfigValue.List list => list.Items.Aggregate(list.Items.Count, (hash, item) => HashCode.Combine(hash, GetHashCode(item))),
        ConfigValue.Map map => map.Items.Count,
        ConfigValue.Symbol symbol => HashCode.Combine(symbol.Kind, symbol.Name),
        _ => PythonNumber.TryOf(obj, out var number) ? number.ToReal().GetHashCode() : 0,
    };

    private bool EqualMaps(ConfigValue.Map p, ConfigValue.Map q)
    {
        if (p.Items.Count != q.Items.Count)
        {
            return false;
        }

        var other = q.Items.ToDictionary(i => i.Key, i => i.Value, this);
        return p.Items.All(i => other.TryGetValue(i.Key, out var value) && Equals(i.Value, value));
    }
}
