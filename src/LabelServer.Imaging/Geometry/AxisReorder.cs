using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Geometry;

/// <summary>Copies a view into a volume of its own, so that memory order and index order agree again.</summary>
public static class AxisReorder
{
    // Lines of the result are written in blocks so that, when the result's i is not the source's fastest axis, each cache line that is read serves a block of lines.
    private const int Block = 16;

    /// <summary>The view as a volume of its own with the same sample type; the caller disposes it.</summary>
    /// <param name="view">What to copy.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays allocated.</exception>
    public static Volume Copy(VolumeView view, ParallelOptions parallel) => view.Stored switch
    {
        Volume<byte> v => Copy(v, view, parallel),
        Volume<sbyte> v => Copy(v, view, parallel),
        Volume<ushort> v => Copy(v, view, parallel),
        Volume<short> v => Copy(v, view, parallel),
        Volume<uint> v => Copy(v, view, parallel),
        Volume<int> v => Copy(v, view, parallel),
        Volume<ulong> v => Copy(v, view, parallel),
        Volume<long> v => Copy(v, view, parallel),
        Volume<float> v => Copy(v, view, parallel),
        Volume<double> v => Copy(v, view, parallel),
        _ => throw new ArgumentException("Unknown volume type.", nameof(view)),
    };

    private static unsafe Volume<T> Copy<T>(Volume<T> source, VolumeView view, ParallelOptions parallel)
        where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(parallel);
        var result = new Volume<T>(view.Grid, source.Channels, clear: false);
        try
        {
            var (sizeI, sizeJ, sizeK) = view.Size;
            long strideI = view.Stride(0), strideJ = view.Stride(1), strideK = view.Stride(2), origin = view.Origin();
            var voxels = view.Size.VoxelCount;
            T* from = source.Buffer.Pointer, to = result.Buffer.Pointer;
            Parallel.For(0, source.Channels * sizeK, parallel, plane =>
            {
                var (channel, k) = Math.DivRem(plane, sizeK);
                var read = from + (channel * voxels) + origin + (k * strideK);
                var write = to + (channel * voxels) + ((long)k * sizeI * sizeJ);
                if (strideI == 1)
                {
                    for (var j = 0; j < sizeJ; j++)
                    {
                        new Span<T>(read + (j * strideJ), sizeI).CopyTo(new Span<T>(write + ((long)j * sizeI), sizeI));
                    }

                    return;
                }

                for (var block = 0; block < sizeJ; block += Block)
                {
                    var end = Math.Min(block + Block, sizeJ);
                    for (var i = 0; i < sizeI; i++)
                    {
                        for (var j = block; j < end; j++)
                        {
                            write[((long)j * sizeI) + i] = read[(i * strideI) + (j * strideJ)];
                        }
                    }
                }
            });
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
