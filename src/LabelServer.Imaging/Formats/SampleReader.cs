using System.Numerics;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>Reads the voxels of a file into a volume: straight into its memory where the bytes already are the samples, else in chunks.</summary>
internal static class SampleReader
{
    /// <summary>Samples per chunk: small enough to be still in the cache when their bytes are reversed, large enough that calls cost nothing.</summary>
    private const int ChunkSamples = 64 << 10;

    /// <summary>Reads all voxels.</summary>
    /// <exception cref="VolumeFormatException">The data are cut short or are no numbers.</exception>
    public static Task<Volume> ReadAsync(ImageSource source, VoxelLayout layout, CancellationToken cancellationToken) => layout.Stored switch
    {
        SampleType.UInt8 => ReadAsync<byte>(source, layout, cancellationToken),
        SampleType.Int8 => ReadAsync<sbyte>(source, layout, cancellationToken),
        SampleType.UInt16 => ReadAsync<ushort>(source, layout, cancellationToken),
        SampleType.Int16 => ReadAsync<short>(source, layout, cancellationToken),
        SampleType.UInt32 => ReadAsync<uint>(source, layout, cancellationToken),
        SampleType.Int32 => ReadAsync<int>(source, layout, cancellationToken),
        SampleType.UInt64 => ReadAsync<ulong>(source, layout, cancellationToken),
        SampleType.Int64 => ReadAsync<long>(source, layout, cancellationToken),
        SampleType.Float32 => ReadAsync<float>(source, layout, cancellationToken),
        SampleType.Float64 => ReadAsync<double>(source, layout, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(layout)),
    };

    /// <summary>Reads over all voxels: bytes are only counted, text is read as numbers.</summary>
    /// <exception cref="VolumeFormatException">The data are cut short or are no numbers.</exception>
    public static Task PassAsync(ImageSource source, VoxelLayout layout, CancellationToken cancellationToken)
    {
        layout.RequireLength(source);
        if (layout.Encoding == VoxelEncoding.Raw)
        {
            return source.SkipAsync(layout.SampleCount * SampleTypes.SizeOf(layout.Stored), "the voxels", cancellationToken).AsTask();
        }

        return layout.Stored switch
        {
            SampleType.UInt8 => PassTextAsync<byte>(source, layout, cancellationToken),
            SampleType.Int8 => PassTextAsync<sbyte>(source, layout, cancellationToken),
            SampleType.UInt16 => PassTextAsync<ushort>(source, layout, cancellationToken),
            SampleType.Int16 => PassTextAsync<short>(source, layout, cancellationToken),
            SampleType.UInt32 => PassTextAsync<uint>(source, layout, cancellationToken),
            SampleType.Int32 => PassTextAsync<int>(source, layout, cancellationToken),
            SampleType.UInt64 => PassTextAsync<ulong>(source, layout, cancellationToken),
            SampleType.Int64 => PassTextAsync<long>(source, layout, cancellationToken),
            SampleType.Float32 => PassTextAsync<float>(source, layout, cancellationToken),
            SampleType.Float64 => PassTextAsync<double>(source, layout, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(layout)),
        };
    }

    private static async Task PassTextAsync<T>(ImageSource source, VoxelLayout layout, CancellationToken cancellationToken)
        where T : unmanaged, INumber<T>
    {
        using var chunk = new NativeBuffer<T>((int)Math.Min(ChunkSamples, layout.SampleCount), clear: false);
        var text = new TextSampleReader(source);
        for (var left = layout.SampleCount; left > 0; left -= ChunkSamples)
        {
            await ReadChunkAsync(source, text, layout, chunk, (int)Math.Min(ChunkSamples, left), cancellationToken);
        }
    }

    private static Task<Volume> ReadAsync<TStored>(ImageSource source, VoxelLayout layout, CancellationToken cancellationToken)
        where TStored : unmanaged, INumber<TStored>
    {
        layout.RequireLength(source);
        if (layout.IsDirect)
        {
            return ReadDirectAsync<TStored>(source, layout, cancellationToken);
        }

        return layout.Scaling is null ? ReadChunkedAsync<TStored, TStored>(source, layout, cancellationToken)
            : layout.Result == SampleType.Float32 ? ReadChunkedAsync<TStored, float>(source, layout, cancellationToken)
            : ReadChunkedAsync<TStored, double>(source, layout, cancellationToken);
    }

    /// <summary>Memory for the result. It is not cleared: untouched pages cost nothing, so that memory grows only as data arrive, even when a header lies.</summary>
    private static Volume<T> Allocate<T>(ImageSource source, VoxelLayout layout)
        where T : unmanaged, INumber<T>
    {
        try
        {
            return new Volume<T>(layout.Grid, layout.Channels, clear: false);
        }
        catch (OutOfMemoryException e)
        {
            throw new VolumeTooLargeException(
                $"{source.Subject} has {layout.Grid.Size} voxels with {layout.Channels} channel(s) of {layout.Result}; this machine has not that much free memory now. Try again later, or crop or resample it.", e);
        }
    }

    private static async Task<Volume> ReadDirectAsync<T>(ImageSource source, VoxelLayout layout, CancellationToken cancellationToken)
        where T : unmanaged, INumber<T>
    {
        var volume = Allocate<T>(source, layout);
        try
        {
            var count = volume.Memory.Length;
            for (var start = 0; start < count; start += ChunkSamples)
            {
                var part = Math.Min(ChunkSamples, count - start);
                await source.ReadExactlyAsync(NativeBytes<T>.Of(volume.Buffer, start, part), "the voxels", cancellationToken);
                if (layout.BigEndian == BitConverter.IsLittleEndian)
                {
                    ByteOrder.Reverse(volume.Samples.Slice(start, part));
                }
            }

            return volume;
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    private static async Task<Volume> ReadChunkedAsync<TStored, TResult>(ImageSource source, VoxelLayout layout, CancellationToken cancellationToken)
        where TStored : unmanaged, INumber<TStored>
        where TResult : unmanaged, INumber<TResult>
    {
        var volume = Allocate<TResult>(source, layout);
        try
        {
            using var chunk = new NativeBuffer<TStored>((int)Math.Min(ChunkSamples, layout.SampleCount), clear: false);
            var text = layout.Encoding == VoxelEncoding.Raw ? null : new TextSampleReader(source);
            var count = volume.Memory.Length;
            for (var start = 0; start < count; start += ChunkSamples)
            {
                var part = Math.Min(ChunkSamples, count - start);
                await ReadChunkAsync(source, text, layout, chunk, part, cancellationToken);
                Place(chunk.GetSpan()[..part], start, volume.Samples, layout);
            }

            return volume;
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    private static async ValueTask ReadChunkAsync<T>(
        ImageSource source, TextSampleReader? text, VoxelLayout layout, NativeBuffer<T> chunk, int count, CancellationToken cancellationToken)
        where T : unmanaged, INumber<T>
    {
        switch (layout.Encoding)
        {
            case VoxelEncoding.Text:
                await text!.ReadNumbersAsync(chunk.Memory[..count], cancellationToken);
                return;
            case VoxelEncoding.Hex:
                await text!.ReadHexAsync(NativeBytes<T>.Of(chunk, 0, count), cancellationToken);
                break;
            default:
                await source.ReadExactlyAsync(NativeBytes<T>.Of(chunk, 0, count), "the voxels", cancellationToken);
                break;
        }

        if (layout.BigEndian == BitConverter.IsLittleEndian)
        {
            ByteOrder.Reverse(chunk.GetSpan()[..count]);
        }
    }

    /// <summary>Scales stored samples and puts them where they belong; sample <paramref name="start"/> of the file is the first of the chunk.</summary>
    private static void Place<TStored, TResult>(ReadOnlySpan<TStored> chunk, int start, Span<TResult> target, VoxelLayout layout)
        where TStored : unmanaged, INumber<TStored>
        where TResult : unmanaged, INumber<TResult>
    {
        int run = (int)layout.ChannelRun, channels = layout.Channels, voxels = (int)layout.Grid.Size.VoxelCount;
        if (channels == 1 || run == voxels)
        {
            Scale(chunk, target.Slice(start, chunk.Length), layout.Scaling);
            return;
        }

        // File order: (outer, channel, run); volume order: (channel, outer, run).
        for (var n = 0; n < chunk.Length;)
        {
            var position = start + n;
            int inRun = position % run, channel = position / run % channels, outer = position / run / channels;
            var length = Math.Min(run - inRun, chunk.Length - n);
            Scale(chunk.Slice(n, length), target.Slice((channel * voxels) + (outer * run) + inRun, length), layout.Scaling);
            n += length;
        }
    }

    private static void Scale<TStored, TResult>(ReadOnlySpan<TStored> from, Span<TResult> to, (double Slope, double Intercept)? scaling)
        where TStored : unmanaged, INumber<TStored>
        where TResult : unmanaged, INumber<TResult>
    {
        if (scaling is not var (slope, intercept))
        {
            // Both types are the same here.
            MemoryMarshal.Cast<TStored, TResult>(from).CopyTo(to);
            return;
        }

        for (var n = 0; n < from.Length; n++)
        {
            to[n] = TResult.CreateTruncating((double.CreateTruncating(from[n]) * slope) + intercept);
        }
    }
}
