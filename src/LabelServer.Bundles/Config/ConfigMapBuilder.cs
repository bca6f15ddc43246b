using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Config;

/// <summary>Builds a map the way a Python dictionary grows: a key that comes again takes the new value and keeps its place.</summary>
internal sealed class ConfigMapBuilder
{
    private readonly OrderedDictionary<ConfigValue, ConfigValue> _items = new(PythonEqualityComparer.Instance);

    public int Count => _items.Count;

    public ConfigValue? Find(string key) => _items.GetValueOrDefault(new ConfigValue.Text(key));

    public void Set(ConfigValue key, ConfigValue value) => _items[key] = value;

    public void Set(string key, ConfigValue value) => _items[new ConfigValue.Text(key)] = value;

    public void AddAll(ConfigValue.Map map)
    {
        foreach (var item in map.Items)
        {
            _items[item.Key] = item.Value;
        }
    }

    public ConfigValue.Map Build() => new([.. _items]);
}
