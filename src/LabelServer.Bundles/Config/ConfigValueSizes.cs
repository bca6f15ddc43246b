using System.Runtime.CompilerServices;
using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Config;

/// <summary>Counts the values in a value as if everything shared were written out, each shared part counted once and remembered, so that a document of a few lines cannot stand for billions of values unnoticed.</summary>
internal sealed class ConfigValueSizes
{
    private readonly ConditionalWeakTable<ConfigValue, StrongBox<long>> _known = [];

    public long Of(ConfigValue value)
    {
        if (value is not (ConfigValue.List or ConfigValue.Map or ConfigValue.Component or ConfigValue.Symbol or PythonSet))
        {
            return 1;
        }

        if (_known.TryGetValue(value, out var known))
        {
            return known.Value;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        long size = 1;
        foreach (var child in Children(value))
        {
            // Saturates: 64 doublings of a list pass any limit without wrapping round.
            size = Math.Min(long.MaxValue / 4, size + Of(child));
        }

        _known.AddOrUpdate(value, new StrongBox<long>(size));
        return size;
    }

    private static IEnumerable<ConfigValue> Children(ConfigValue value) => value switch
    {
        ConfigValue.List list => list.Items,
        PythonSet set => set.Items,
        ConfigValue.Map map => map.Items.SelectMany(i => new[] { i.Key, i.Value }),
        ConfigValue.Component component => component.Arguments.Select(a => a.Value),
        ConfigValue.Symbol symbol => symbol.Arguments.Concat(symbol.Keywords.Select(k => k.Value)).Concat(symbol.Receiver is null ? [] : [symbol.Receiver]),
        _ => [],
    };
}
