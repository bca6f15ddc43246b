using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>Writes the voxels of a volume in this machine's byte order, without a copy where their order in the file is that of memory.</summary>
internal static class SampleWriter
{
    private const int ChunkSamples = 256 << 10;

    /// <summary>Writes all samples; with <paramref name="channelsTogether"/> the channels of a voxel come one after the other.</summary>
    public static Task WriteAsync(Volume volume, Stream stream, bool channelsTogether, CancellationToken cancellationToken) => volume switch
    {
        Volume<byte> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<sbyte> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<ushort> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<short> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<uint> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<int> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<ulong> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<long> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<float> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        Volume<double> v => WriteAsync(v, stream, channelsTogether, cancellationToken),
        _ => throw new ArgumentException($"{volume.GetType()} is no volume that can be written.", nameof(volume)),
    };

    private static async Task WriteAsync<T>(Volume<T> volume, Stream stream, bool channelsTogether, CancellationToken cancellationToken)
        where T : unmanaged, INumber<T>
    {
        var count = volume.Memory.Length;
        if (!channelsTogether || volume.Channels == 1)
        {
            for (var start = 0; start < count; start += ChunkSamples)
            {
                await stream.WriteAsync(NativeBytes<T>.Of(volume.Buffer, start, Math.Min(ChunkSamples, count - start)), cancellationToken);
            }

            return;
        }

        var voxels = (int)volume.Size.VoxelCount;
        var voxelsPerChunk = Math.Max(1, Math.Min(voxels, ChunkSamples / volume.Channels));
        using var chunk = new NativeBuffer<T>(voxelsPerChunk * volume.Channels, clear: false);
        for (var start = 0; start < voxels; start += voxelsPerChunk)
        {
            var part = Math.Min(voxelsPerChunk, voxels - start);
            Gather(volume, start, part, chunk.GetSpan());
            await stream.WriteAsync(NativeBytes<T>.Of(chunk, 0, part * volume.Channels), cancellationToken);
        }
    }

    private static void Gather<T>(Volume<T> volume, int start, int count, Span<T> target)
        where T : unmanaged, INumber<T>
    {
        var channels = volume.Channels;
        for (var c = 0; c < channels; c++)
        {
            var from = volume.Channel(c).Slice(start, count);
            for (var n = 0; n < from.Length; n++)
            {
                target[(n * channels) + c] = from[n];
            }
        }
    }
}
