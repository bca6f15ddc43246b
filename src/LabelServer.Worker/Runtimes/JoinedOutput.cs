using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Runtimes;

/// <summary>The outputs of several runs as one.</summary>
internal sealed class JoinedOutput : NetworkOutput
{
    private readonly IReadOnlyList<NetworkOutput> _parts;

    /// <summary>Takes over the parts.</summary>
    /// <exception cref="NetworkException">They are of different kinds.</exception>
    public JoinedOutput(IReadOnlyList<NetworkOutput> parts)
        : base(parts.Sum(p => p.Count), parts[0].Channels, parts[0].Size, parts[0].ElementType)
    {
        _parts = parts;
        if (parts.Any(p => p.Channels != Channels || p.Size != Size || p.ElementType != ElementType))
            throw new NetworkException("The network gave outputs of different shapes or number types for the parts of one batch; set sw_batch_size to 1.");
    }

    /// <inheritdoc/>
    public override nint Window(int index)
    {
        var (part, at) = Find(index);
        return part.Window(at);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Encoding(int index)
    {
        var (part, at) = Find(index);
        return part.Encoding(at);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var part in _parts)
            part.Dispose();
    }

    private (NetworkOutput Part, int Index) Find(int index)
    {
        foreach (var part in _parts)
        {
            if (index < part.Count)
                return (part, index);
            index -= part.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }
}
