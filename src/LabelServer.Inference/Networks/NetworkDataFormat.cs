using LabelServer.Bundles.Metadata;

namespace LabelServer.Inference.Networks;

/// <summary>The inputs and outputs of a network as a bundle's metadata name them, in written order. Equal when all entries are.</summary>
/// <param name="Inputs">The inputs; together their channels are those of the image.</param>
/// <param name="Outputs">The outputs; <c>pred</c>, or else the first, holds the scores.</param>
public sealed record NetworkDataFormat(IReadOnlyList<NetworkPort> Inputs, IReadOnlyList<NetworkPort> Outputs)
{
    /// <summary>What the metadata say, or null when they name neither an input nor an output.</summary>
    public static NetworkDataFormat? Of(BundleMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return metadata.Inputs.Count + metadata.Outputs.Count == 0 ? null : new NetworkDataFormat([.. metadata.Inputs.Select(Port)], [.. metadata.Outputs.Select(Port)]);
    }

    /// <inheritdoc/>
    public bool Equals(NetworkDataFormat? other) => other is not null && Inputs.SequenceEqual(other.Inputs) && Outputs.SequenceEqual(other.Outputs);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var port in Inputs.Concat(Outputs))
        {
            hash.Add(port);
        }

        return hash.ToHashCode();
    }

    private static NetworkPort Port(NetworkTensor tensor) => new(tensor.Name, tensor.Channels is > 0 ? tensor.Channels : null);
}

/// <summary>One input or output of a network.</summary>
/// <param name="Name">Its name in the metadata, which need not be that in a model file.</param>
/// <param name="Channels">Its channels, or null when not given.</param>
public sealed record NetworkPort(string Name, int? Channels);
