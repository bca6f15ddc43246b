using System.Diagnostics.CodeAnalysis;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Transforms;

/// <summary>What runs through a chain of transforms: named items (<c>image</c>, <c>label</c>, <c>pred</c>, …) and the values that steps leave for later ones.</summary>
/// <remarks>Owns its items and their volumes: disposing the sample frees all of them, also after a failed step. Not thread-safe.</remarks>
public sealed class Sample : IDisposable
{
    private readonly Dictionary<string, SampleItem> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigValue> _values = new(StringComparer.Ordinal);

    /// <summary>The items in the order in which they were added.</summary>
    public IReadOnlyCollection<SampleItem> Items => _items.Values;

    /// <summary>What steps left behind, such as <c>foreground_start_coord</c> (a list of whole numbers).</summary>
    public IReadOnlyDictionary<string, ConfigValue> Values => _values;

    /// <summary>The item of that name.</summary>
    /// <exception cref="TransformException">There is none; the message lists those there are.</exception>
    public SampleItem this[string name] => TryGet(name, out var item)
        ? item
        : throw new TransformException($"The chain asks for '{name}', but the sample holds only {(_items.Count == 0 ? "nothing" : string.Join(", ", _items.Keys.Select(k => $"'{k}'")))}.");

    /// <summary>Looks for an item.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SampleItem? item) => _items.TryGetValue(name, out item);

    /// <summary>Adds an item with its volume, which the sample owns from now on. An item of the same name is disposed.</summary>
    /// <param name="name">The key, such as <c>image</c>.</param>
    /// <param name="volume">The samples and their grid.</param>
    /// <param name="source">Where it came from; by default named like the item, with the volume's grid as the original one.</param>
    public SampleItem Add(string name, Volume volume, ItemSource? source = null)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return Put(new SampleItem(name, source ?? new ItemSource(name, volume.Grid), volume));
    }

    /// <summary>Adds an item that <c>LoadImaged</c> will read from a file. An item of the same name is disposed.</summary>
    /// <param name="name">The key, such as <c>image</c>.</param>
    /// <param name="path">The file.</param>
    /// <param name="displayName">What messages call it, such as the image id; by default the file's name.</param>
    public SampleItem AddFile(string name, string path, string? displayName = null) =>
        Put(new SampleItem(name, new ItemSource(displayName ?? Path.GetFileName(path), Path: path), null));

    /// <summary>Removes an item and frees its volume. Nothing happens when there is none.</summary>
    public void Remove(string name)
    {
        if (_items.Remove(name, out var item))
        {
            item.Dispose();
        }
    }

    /// <summary>Leaves a value for later steps.</summary>
    public void SetValue(string name, ConfigValue value) => _values[name] = value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var item in _items.Values)
        {
            item.Dispose();
        }

        _items.Clear();
    }

    private SampleItem Put(SampleItem item)
    {
        Remove(item.Name);
        _items.Add(item.Name, item);
        return item;
    }
}
