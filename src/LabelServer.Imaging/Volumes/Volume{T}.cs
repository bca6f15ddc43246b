using System.Numerics;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Volumes;

/// <summary>Samples of one number type on a grid. See <see cref="Volume"/> for the memory order.</summary>
/// <typeparam name="T">One of the ten types of <see cref="SampleTypes"/>.</typeparam>
public sealed class Volume<T> : Volume
    where T : unmanaged, INumber<T>
{
    private readonly NativeBuffer<T> _buffer;

    /// <summary>Allocates a volume.</summary>
    /// <param name="grid">Size and place in space.</param>
    /// <param name="channels">Number of channels, at least 1.</param>
    /// <param name="clear">Whether all samples start as 0; otherwise they are undefined and the caller writes each of them.</param>
    /// <exception cref="VolumeTooLargeException">There are more samples than one block can hold (2³¹).</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public Volume(VolumeGrid grid, int channels = 1, bool clear = true)
        : base(grid, channels, SampleTypes.Of<T>())
    {
        var count = grid.Size.VoxelCount * channels;
        if (count > Array.MaxLength)
        {
            throw new VolumeTooLargeException($"A volume of {grid.Size} voxels with {channels} channel(s) has more than {Array.MaxLength} samples.");
        }

        _buffer = new NativeBuffer<T>((int)count, clear);
    }

    /// <summary>All samples of all channels.</summary>
    public Span<T> Samples => _buffer.GetSpan();

    /// <summary>All samples as memory that may cross an await; valid until disposal.</summary>
    public Memory<T> Memory => _buffer.Memory;

    /// <summary>The memory that holds the samples; owned by this volume.</summary>
    public NativeBuffer<T> Buffer => _buffer;

    /// <summary>The sample of channel <paramref name="channel"/> at (i, j, k). For tests and rare reads; kernels use <see cref="Samples"/>.</summary>
    public ref T this[int channel, int i, int j, int k] => ref Samples[(((((channel * Size.K) + k) * Size.J) + j) * Size.I) + i];

    /// <summary>The samples of one channel.</summary>
    public Span<T> Channel(int channel)
    {
        var voxels = (int)Size.VoxelCount;
        return Samples.Slice(checked(channel * voxels), voxels);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => ((IDisposable)_buffer).Dispose();
}
