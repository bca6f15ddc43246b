using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Python's comparisons on plain values.</summary>
internal static class PythonComparison
{
    /// <summary>The result, or null when an operand is something that only Python could compare.</summary>
    /// <exception cref="ExpressionException">Python refuses to compare them.</exception>
    public static bool? Apply(string op, ConfigValue left, ConfigValue right)
    {
        switch (op)
        {
            case "is":
                return Is(left, right);
            case "is not":
                return !Is(left, right);
            case "in":
                return Contains(right, left);
            case "not in":
                return !Contains(right, left);
        }

        if (left is ConfigValue.Component or ConfigValue.Symbol || right is ConfigValue.Component or ConfigValue.Symbol)
        {
            // Sample types and devices are equal by name; against plain values they are plainly different.
            return op is "==" or "!=" && IsComparable(left) && IsComparable(right) ? PythonEqualityComparer.Instance.Equals(left, right) == (op == "==") : null;
        }

        if (op is "==" or "!=")
        {
            return ValueEquals(left, right) == (op == "==");
        }

        var order = Order(left, right);
        return op switch
        {
            "<" => order == -1,
            "<=" => order is -1 or 0,
            ">" => order == 1,
            _ => order is 1 or 0,
        };
    }

    /// <summary>-1, 0, 1, or 2 when NaN is in the way.</summary>
    public static int Order(ConfigValue left, ConfigValue right)
    {
        if (PythonNumber.TryOf(left, out var a) && PythonNumber.TryOf(right, out var b))
        {
            return PythonNumber.Compare(a, b);
        }

        switch (left, right)
        {
            case (ConfigValue.Text x, ConfigValue.Text y):
                return Math.Sign(string.CompareOrdinal(x.Value, y.Value));
            case (ConfigValue.List x, ConfigValue.List y) when x.IsTuple == y.IsTuple:
                for (var i = 0; i < Math.Min(x.Items.Count, y.Items.Count); i++)
                {
                    if (!PythonEqualityComparer.Instance.Equals(x.Items[i], y.Items[i]))
                    {
                        return Order(x.Items[i], y.Items[i]);
                    }
                }

                return x.Items.Count.CompareTo(y.Items.Count);
            default:
                throw new ExpressionException($"{PythonText.TypeOf(left)} and {PythonText.TypeOf(right)} have no order");
        }
    }

    private static bool IsComparable(ConfigValue value) => value is not (ConfigValue.Component or ConfigValue.Symbol { Kind: not SymbolKinds.Dtype and not SymbolKinds.Device });

    private static bool ValueEquals(ConfigValue left, ConfigValue right) =>
        left is PythonSet a && right is PythonSet b
            ? a.Items.Count == b.Items.Count && !a.Items.Except(b.Items, PythonEqualityComparer.Instance).Any()
            : !(left is ConfigValue.Real { Value: double.NaN } && right is ConfigValue.Real { Value: double.NaN }) && PythonEqualityComparer.Instance.Equals(left, right);

    // Only what has one identity in Python: None, True, False; an object is never one of them.
    private static bool? Is(ConfigValue left, ConfigValue right)
    {
        if (left is ConfigValue.Null or ConfigValue.Boolean || right is ConfigValue.Null or ConfigValue.Boolean)
        {
            // What a call gives back is not known; a component is an object.
            return left is ConfigValue.Symbol { Kind: not SymbolKinds.Dtype and not SymbolKinds.Device } || right is ConfigValue.Symbol { Kind: not SymbolKinds.Dtype and not SymbolKinds.Device } ? null : left == right;
        }

        return left is ConfigValue.Symbol or ConfigValue.Component || right is ConfigValue.Symbol or ConfigValue.Component
            ? null
            : throw new ExpressionException("'is' is supported for None, True and False");
    }

    private static bool? Contains(ConfigValue container, ConfigValue item) => container switch
    {
        ConfigValue.Component or ConfigValue.Symbol => null,
        _ when item is ConfigValue.Component or ConfigValue.Symbol => null,
        ConfigValue.Text text when item is ConfigValue.Text part => text.Value.Contains(part.Value, StringComparison.Ordinal),
        ConfigValue.Map map => map.Items.Any(i => PythonEqualityComparer.Instance.Equals(i.Key, item)),
        ConfigValue.List or PythonSet => PythonCollections.Iterate(container).Any(i => PythonEqualityComparer.Instance.Equals(i, item)),
        _ => throw new ExpressionException($"'in' does not work on {PythonText.TypeOf(container)}"),
    };
}
