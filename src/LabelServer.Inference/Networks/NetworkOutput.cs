using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Networks;

/// <summary>What a network gives for a batch of windows, in the memory of its runtime. Dispose it before the next run.</summary>
/// <remarks>Memory order [N, X, Y, Z, C], the channel fastest ("channels-last"): all scores of a voxel lie side by side, which is what blending and arg-max read.</remarks>
public abstract class NetworkOutput : IDisposable
{
    /// <summary>Creates the description of an output.</summary>
    protected NetworkOutput(int count, int channels, GridSize size, NetworkPrecision elementType)
    {
        Count = count;
        Channels = channels;
        Size = size;
        ElementType = elementType;
    }

    /// <summary>Windows in the batch.</summary>
    public int Count { get; }

    /// <summary>Channels before <see cref="INetwork.Head"/>, if there is one.</summary>
    public int Channels { get; }

    /// <summary>Voxels of a window along (x, y, z).</summary>
    public GridSize Size { get; }

    /// <summary>How a value is stored: <see cref="NetworkPrecision.Float32"/> or <see cref="NetworkPrecision.BFloat16"/>.</summary>
    public NetworkPrecision ElementType { get; }

    /// <summary>The address of the first value of a window; valid until disposal.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public abstract nint Window(int index);

    /// <summary>The features that the network's encoder ends in, averaged over a window: what it makes of the window as a whole. Empty when the network does not show them.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public virtual ReadOnlySpan<float> Encoding(int index) => [];

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the memory.</summary>
    protected abstract void Dispose(bool disposing);
}
