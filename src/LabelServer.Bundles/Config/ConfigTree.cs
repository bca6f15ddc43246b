using System.Globalization;
using System.Runtime.CompilerServices;

namespace LabelServer.Bundles.Config;

/// <summary>Reaching into and rebuilding nested config values. Values are immutable: a replacement copies the lists and maps on the way to it and shares the rest.</summary>
internal static class ConfigTree
{
    private const int MostSearched = 16;

    // Large dictionaries are looked into many times; without this a config of many keys would take quadratic time.
    private static readonly ConditionalWeakTable<ConfigValue.Map, Dictionary<string, ConfigValue>> Indices = [];

    /// <summary>The text that a key has in an id: keys of YAML may be numbers.</summary>
    public static string KeyText(ConfigValue key) => key switch
    {
        ConfigValue.Text text => text.Value,
        ConfigValue.Integer whole => whole.Value.ToString(CultureInfo.InvariantCulture),
        ConfigValue.Boolean truth => truth.Value ? "True" : "False",
        ConfigValue.Real real => Expressions.PythonText.OfReal(real.Value),
        _ => "None",
    };

    public static ConfigValue? Child(ConfigValue? value, string key)
    {
        switch (value)
        {
            case ConfigValue.List list:
                return TryIndex(key, list.Items.Count, out var index) ? list.Items[index] : null;
            case ConfigValue.Map map:
                return map.Items.Count > MostSearched ? Indices.GetValue(map, Index).GetValueOrDefault(key) : map.Items.FirstOrDefault(i => KeyText(i.Key) == key).Value;
            default:
                return null;
        }
    }

    public static ConfigValue? Descend(ConfigValue? value, string[] keys) => keys.Aggregate(value, Child);

    /// <summary>Replaces what is under <paramref name="keys"/>. Only the last key may be new, unless missing dictionaries are to be made.</summary>
    public static ConfigValue Replace(ConfigValue value, string[] keys, int at, ConfigValue replacement, bool createMissing)
    {
        if (at == keys.Length)
        {
            return replacement;
        }

        var key = keys[at];
        var here = string.Join(ConfigPath.Separator, keys[..(at + 1)]);
        if (value is ConfigValue.List list)
        {
            if (!TryIndex(key, list.Items.Count, out var index))
            {
                throw new ConfigException($"'{here}' is not there: the list has {list.Items.Count} items, numbered from 0.", here);
            }

            var items = list.Items.ToArray();
            items[index] = Replace(items[index], keys, at + 1, replacement, createMissing);
            return list with { Items = items };
        }

        if (value is not ConfigValue.Map map)
        {
            throw new ConfigException($"'{here}' cannot be set: what is above it is neither a list nor a dictionary.", here);
        }

        var child = Child(map, key);
        if (child is null && at + 1 < keys.Length && !createMissing)
        {
            throw Missing(keys, at);
        }

        child = Replace(child ?? new ConfigValue.Map([]), keys, at + 1, replacement, createMissing);
        var entries = map.Items.ToList();
        var place = entries.FindIndex(e => KeyText(e.Key) == key);
        if (place < 0)
        {
            entries.Add(KeyValuePair.Create((ConfigValue)new ConfigValue.Text(key), child));
        }
        else
        {
            entries[place] = KeyValuePair.Create(entries[place].Key, child);
        }

        return new ConfigValue.Map(entries);
    }

    /// <summary>What is thrown when the value at <c>keys[at]</c> is needed and not there.</summary>
    public static ConfigException Missing(string[] keys, int at)
    {
        var here = string.Join(ConfigPath.Separator, keys[..(at + 1)]);
        return new ConfigException($"'{string.Join(ConfigPath.Separator, keys)}' cannot be set: there is no '{here}'. Is the config that defines it loaded before this one?", here);
    }

    /// <summary>What a key with a leading <c>+</c> does: dictionaries are merged, lists joined.</summary>
    public static ConfigValue Extend(ConfigValue target, ConfigValue added, string key)
    {
        switch (target, added)
        {
            case (ConfigValue.Map first, ConfigValue.Map second):
                var map = new ConfigMapBuilder();
                map.AddAll(first);
                map.AddAll(second);
                return map.Build();
            case (ConfigValue.List first, ConfigValue.List second):
                return new ConfigValue.List([.. first.Items, .. second.Items]);
            default:
                throw new ConfigException($"'+{key}' adds to what is there: both must be lists or both dictionaries.", key);
        }
    }

    private static Dictionary<string, ConfigValue> Index(ConfigValue.Map map)
    {
        var index = new Dictionary<string, ConfigValue>(map.Items.Count, StringComparer.Ordinal);
        foreach (var item in map.Items)
        {
            index.TryAdd(KeyText(item.Key), item.Value);
        }

        return index;
    }

    private static bool TryIndex(string key, int count, out int index)
    {
        if (int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out index))
        {
            index = index < 0 ? index + count : index;
            return index >= 0 && index < count;
        }

        return false;
    }
}
