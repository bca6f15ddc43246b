namespace LabelServer.Inference.Pipelines.Caching;

/// <summary>Values under keys up to a number of bytes in all; the one that was not used for longest goes first. Not thread-safe.</summary>
/// <param name="capacity">Bytes that all values together may take; 0 keeps nothing.</param>
internal sealed class RecentlyUsed<T>(long capacity) : IDisposable
    where T : class
{
    // The newest first.
    private readonly LinkedList<(string Key, T Value, long Bytes)> _entries = [];

    /// <summary>Bytes that the values take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether there is any value.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The value under a key, which counts as used now; null when there is none.</summary>
    public T? Find(string key)
    {
        if (NodeOf(key) is not { } node)
        {
            return null;
        }

        _entries.Remove(node);
        _entries.AddFirst(node);
        return node.Value.Value;
    }

    /// <summary>Takes the value out: the caller owns it then.</summary>
    public T? Take(string key)
    {
        if (NodeOf(key) is not { } node)
        {
            return null;
        }

        _entries.Remove(node);
        Bytes -= node.Value.Bytes;
        return node.Value.Value;
    }

    /// <summary>Puts a value in, which this owns from now on. One that is larger than the capacity is disposed at once.</summary>
    public void Put(string key, T value, long bytes)
    {
        Dispose(Take(key));
        if (bytes > capacity)
        {
            Dispose(value);
            return;
        }

        while (Bytes + bytes > capacity)
        {
            Dispose(Take(_entries.Last!.Value.Key));
        }

        _entries.AddFirst((key, value, bytes));
        Bytes += bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_entries.First is { } first)
        {
            Dispose(Take(first.Value.Key));
        }
    }

    private static void Dispose(T? value) => (value as IDisposable)?.Dispose();

    private LinkedListNode<(string Key, T Value, long Bytes)>? NodeOf(string key)
    {
        for (var node = _entries.First; node is not null; node = node.Next)
        {
            if (node.Value.Key == key)
            {
                return node;
            }
        }

        return null;
    }
}
