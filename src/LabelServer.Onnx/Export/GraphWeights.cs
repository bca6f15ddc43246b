using LabelServer.Bundles.Checkpoints;
using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Export;

/// <summary>Hands out a checkpoint's tensors by name and notes which were taken, so that at the end every key is known to fit.</summary>
internal sealed class GraphWeights(Checkpoint checkpoint, string source, CancellationToken cancellationToken) : IGraphWeights
{
    private const int MostNamed = 5;
    private readonly Dictionary<string, CheckpointTensor> _left = checkpoint.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    /// <inheritdoc/>
    /// <remarks>Where it is missing or has another shape, zeros of the right shape: all such faults are reported together at the end.</remarks>
    public float[] Take(string name, params long[] shape)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_left.Remove(name, out var tensor))
        {
            _faults.Add($"'{name}' is missing");
        }
        else if (!tensor.Shape.SequenceEqual(shape))
        {
            _faults.Add($"'{name}' is [{string.Join(", ", tensor.Shape)}] instead of [{string.Join(", ", shape)}]");
        }
        else
        {
            return tensor.ToSingles();
        }

        return new float[shape.Aggregate(1L, (product, size) => product * size)];
    }

    /// <inheritdoc/>
    public void Ignore(string name) => _left.Remove(name);

    /// <summary>Requires that every tensor asked for was there, and that no other one is left.</summary>
    /// <exception cref="NetworkWeightsException">Not so; names the first few.</exception>
    public void RequireAllUsed()
    {
        var faults = _faults.Concat(_left.Keys.Select(k => $"'{k}' is not part of the network")).ToList();
        if (faults.Count > 0)
        {
            var more = faults.Count > MostNamed ? $" and {faults.Count - MostNamed} more" : string.Empty;
            throw new NetworkWeightsException($"The weights in {source} do not fit the network: {string.Join("; ", faults.Take(MostNamed))}{more}.");
        }
    }
}
