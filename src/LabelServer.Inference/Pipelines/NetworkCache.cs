using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Pipelines;

/// <summary>Keeps networks loaded between requests, under the file's path, size and time of change, so that new weights are seen without restart. Used by one request at a time.</summary>
internal sealed class NetworkCache(INetworkFactory factory, int capacity) : IDisposable
{
    private readonly LinkedList<(Key Key, INetwork Network)> _networks = [];

    /// <summary>The network, loaded if it is not yet.</summary>
    /// <param name="definition">The definition, or null for a whole network.</param>
    /// <param name="file">The weights.</param>
    /// <param name="options">Precision and device.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <returns>The network; owned by the cache, and good until the next call.</returns>
    /// <exception cref="ModelMissingException">The file is not there.</exception>
    /// <inheritdoc cref="INetworkFactory.CreateAsync" path="/exception"/>
    public async Task<INetwork> GetAsync(ConfigValue.Component? definition, string file, NetworkOptions options, CancellationToken cancellationToken)
    {
        var info = new FileInfo(file);
        if (!info.Exists)
        {
            throw new ModelMissingException($"The weights '{info.Name}' are not in {info.Directory?.Parent?.Name}/{info.Directory?.Name}. Fetch them with: labelserver models download {info.Directory?.Parent?.Name}");
        }

        var key = new Key(info.FullName, info.Length, info.LastWriteTimeUtc.Ticks, definition is null ? null : ConfigText.Of(definition), options);
        for (var node = _networks.First; node is not null; node = node.Next)
        {
            if (node.Value.Key == key)
            {
                _networks.Remove(node);
                _networks.AddFirst(node);
                return node.Value.Network;
            }
        }

        // Room is made first: two sets of weights and their conversion at a time would be the peak of memory. An older state of the same file goes in any case.
        foreach (var stale in _networks.Where(n => n.Key.File == key.File && n.Key != key && n.Key.Ticks != key.Ticks).ToList())
        {
            Drop(stale);
        }

        while (_networks.Count >= capacity)
        {
            Drop(_networks.Last!.Value);
        }

        var network = definition is null
            ? await factory.LoadWholeAsync(info.FullName, options, cancellationToken)
            : await factory.CreateAsync(definition, info.FullName, options, cancellationToken);
        _networks.AddFirst((key, network));
        return network;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, network) in _networks)
        {
            network.Dispose();
        }

        _networks.Clear();
    }

    private void Drop((Key Key, INetwork Network) entry)
    {
        _networks.Remove(entry);
        entry.Network.Dispose();
    }

    private sealed record Key(string File, long Bytes, long Ticks, string? Definition, NetworkOptions Options);
}
