namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A dictionary of a pickle, in written order. Also an <c>OrderedDict</c>. Keys are texts, numbers or other plain values.</summary>
internal sealed class PickleDict
{
    private readonly Dictionary<string, int> _byText = new(StringComparer.Ordinal);

    public List<KeyValuePair<object?, object?>> Items { get; } = [];

    public void Set(object? key, object? value)
    {
        if (key is not string text)
        {
            Items.Add(KeyValuePair.Create(key, value));
        }
        else if (_byText.TryGetValue(text, out var at))
        {
            Items[at] = KeyValuePair.Create<object?, object?>(text, value);
        }
        else
        {
            _byText[text] = Items.Count;
            Items.Add(KeyValuePair.Create<object?, object?>(text, value));
        }
    }

    public object? Find(string key) => _byText.TryGetValue(key, out var at) ? Items[at].Value : null;
}

/// <summary>A list or set of a pickle.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; init; } = [];
}

/// <summary>A tuple of a pickle.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A function or class that a pickle names and that is on the list of those that are needed.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => Module + "." + Name;
}

/// <summary>An object of a TorchScript archive: a module with its attributes. The class is a name only.</summary>
internal sealed record PickleObject(PickleGlobal Class)
{
    public object? State { get; set; }
}

/// <summary>Something plain that is passed over, such as a numpy array beside the state dict.</summary>
internal sealed record PickleOpaque(string Name);

/// <summary>The kind of a storage: its sample type, or null when the tensor says it (<c>UntypedStorage</c>).</summary>
internal sealed record PickleStorageType(CheckpointDataType? Type);

/// <summary>A stored block of samples.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Its sample type; null: bytes.</param>
/// <param name="Offset">Where it starts in the block of that name, in samples: legacy files have views of storages.</param>
/// <param name="Count">Its number of samples.</param>
internal sealed record PickleStorage(string Key, CheckpointDataType? Type, long Offset, long Count);

/// <summary>A tensor: a view of a storage.</summary>
internal sealed record PickleTensor(PickleStorage Storage, CheckpointDataType Type, long Offset, long[] Shape, long[] Strides);

/// <summary>Gives the storage of a persistent id.</summary>
internal delegate PickleStorage PickleStorageLookup(object? id);
