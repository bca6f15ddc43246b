using System.Text;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Iteration, indices and slices of texts, lists and dictionaries. Texts are counted in code points, as in Python.</summary>
internal static class PythonCollections
{
    public static IReadOnlyList<ConfigValue> Iterate(ConfigValue value) => value switch
    {
        ConfigValue.List list => list.Items,
        PythonSet set => set.Items,
        ConfigValue.Map map => [.. map.Items.Select(i => i.Key)],
        ConfigValue.Text text => [.. text.Value.EnumerateRunes().Select(r => new ConfigValue.Text(r.ToString()))],
        _ => throw new ExpressionException($"{PythonText.TypeOf(value)} has no items to go through"),
    };

    public static int Length(ConfigValue value) => value switch
    {
        ConfigValue.List list => list.Items.Count,
        PythonSet set => set.Items.Count,
        ConfigValue.Map map => map.Items.Count,
        ConfigValue.Text text => text.Value.EnumerateRunes().Count(),
        _ => throw new ExpressionException($"{PythonText.TypeOf(value)} has no length"),
    };

    public static ConfigValue Item(ConfigValue value, ConfigValue index)
    {
        if (value is ConfigValue.Map map)
        {
            foreach (var item in map.Items)
            {
                if (PythonEqualityComparer.Instance.Equals(item.Key, index))
                {
                    return item.Value;
                }
            }

            throw new ExpressionException($"there is no key {(index is ConfigValue.Text text ? $"'{text.Value}'" : ConfigTree.KeyText(index))}");
        }

        if (value is not (ConfigValue.List or ConfigValue.Text))
        {
            throw new ExpressionException($"{PythonText.TypeOf(value)} has no items to take one from");
        }

        if (index is not (ConfigValue.Integer or ConfigValue.Boolean) || !PythonNumber.TryOf(index, out var number))
        {
            throw new ExpressionException($"an index must be a whole number, not {PythonText.TypeOf(index)}");
        }

        var items = Iterate(value);
        var at = number.Whole < 0 ? number.Whole + items.Count : number.Whole;
        return at >= 0 && at < items.Count ? items[(int)at] : throw new ExpressionException($"index {number.Whole} is outside of {items.Count} items");
    }

    public static ConfigValue Slice(ConfigValue value, ConfigValue? start, ConfigValue? stop, ConfigValue? step, ExpressionBudget budget)
    {
        if (value is not (ConfigValue.List or ConfigValue.Text))
        {
            throw new ExpressionException($"{PythonText.TypeOf(value)} cannot be sliced");
        }

        var items = Iterate(value);
        long count = items.Count;
        var stride = Bound(step) ?? 1;
        if (stride == 0)
        {
            throw new ExpressionException("a slice has step 0");
        }

        // Bounds are first brought into [0, count], or [-1, count - 1] when going backwards.
        var (low, high) = stride > 0 ? (0L, count) : (-1L, count - 1);
        var from = Clamp(Bound(start), stride > 0 ? low : high, low, high, count);
        var to = Clamp(Bound(stop), stride > 0 ? high : low, low, high, count);
        var taken = new List<ConfigValue>();
        for (var i = from; stride > 0 ? i < to : i > to; i += Math.Clamp(stride, -count - 1, count + 1))
        {
            taken.Add(items[(int)i]);
        }

        budget.Produce(taken.Count);
        if (value is ConfigValue.List list)
        {
            return list with { Items = taken };
        }

        var text = new StringBuilder();
        foreach (var item in taken)
        {
            text.Append(((ConfigValue.Text)item).Value);
        }

        return new ConfigValue.Text(text.ToString());
    }

    private static long? Bound(ConfigValue? value) => value switch
    {
        null or ConfigValue.Null => null,
        ConfigValue.Integer whole => whole.Value,
        ConfigValue.Boolean truth => truth.Value ? 1 : 0,
        _ => throw new ExpressionException($"a slice must have whole numbers, not {PythonText.TypeOf(value)}"),
    };

    private static long Clamp(long? bound, long missing, long low, long high, long count)
    {
        if (bound is not { } value)
        {
            return missing;
        }

        return Math.Clamp(value < 0 ? value + count : value, low, high);
    }
}
