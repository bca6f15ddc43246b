using System.Buffers;
using System.IO.Compression;

namespace LabelServer.Imaging.Formats;

/// <summary>The bytes of one image: a forward reader with a short look-ahead, which unpacks gzip on the way and turns every fault into one that names the image.</summary>
/// <remarks>Does not own the stream it was made from; owns what it puts on top of it. Not thread-safe.</remarks>
internal sealed class ImageSource : IAsyncDisposable
{
    /// <summary>The most that deflate can pack: 258 bytes into two bits. Source: RFC 1951; zlib's technical notes give 1032 to 1.</summary>
    public const long MaxDeflateRatio = 1032;

    private const int LookAhead = 512;
    private readonly byte[] _ahead = new byte[LookAhead];
    private readonly long? _length;
    private Stream _stream;
    private GZipStream? _gzip;
    private long _ratio = 1;
    private long _taken;
    private int _aheadStart;
    private int _aheadEnd;

    private ImageSource(Stream stream, string subject, long? length)
    {
        _stream = stream;
        Subject = subject;
        _length = length;
    }

    /// <summary>What messages begin with: the image.</summary>
    public string Subject { get; }

    /// <summary>Whether the whole image was gzip.</summary>
    public bool IsGzip => _gzip is not null;

    /// <summary>How many bytes can still come at the very most; null when the stream does not tell its length.</summary>
    public long? MaxRemaining => _length is not { } length ? null : length > long.MaxValue / _ratio ? long.MaxValue : Math.Max(0, (length * _ratio) - _taken);

    /// <summary>Starts reading; a gzip wrapper is seen by its magic, not by the name.</summary>
    /// <exception cref="VolumeFormatException">The stream is empty or its gzip data are damaged.</exception>
    public static ValueTask<ImageSource> OpenAsync(Stream stream, string subject, long? length, CancellationToken cancellationToken) =>
        OpenAsync(stream, subject, length, unpack: true, cancellationToken);

    /// <summary>Starts reading; with <paramref name="unpack"/> false the caller says where gzip begins.</summary>
    /// <inheritdoc cref="OpenAsync(Stream, string, long?, CancellationToken)"/>
    public static async ValueTask<ImageSource> OpenAsync(Stream stream, string subject, long? length, bool unpack, CancellationToken cancellationToken)
    {
        var source = new ImageSource(stream, subject, length ?? (stream.CanSeek ? stream.Length - stream.Position : null));
        try
        {
            var start = await source.PeekAsync(2, cancellationToken);
            if (start.Length == 0)
            {
                throw new VolumeFormatException($"{subject} is empty (0 bytes). Send the file again.");
            }

            if (unpack && start.Span is [0x1f, 0x8b])
            {
                source.UnpackGzip();
            }

            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes everything from here on as gzip.</summary>
    public void UnpackGzip()
    {
        if (_gzip is not null)
        {
            throw new VolumeFormatException($"{Subject} is compressed twice. Unpack the outer gzip and send it again.");
        }

        _stream = _gzip = new GZipStream(new PrefixedStream(_ahead.AsMemory(_aheadStart, _aheadEnd - _aheadStart).ToArray(), _stream), CompressionMode.Decompress);
        _aheadStart = _aheadEnd = 0;
        _ratio = MaxDeflateRatio;
    }

    /// <summary>Looks at up to <paramref name="count"/> bytes (at most 512) without taking them; fewer come at the end of the image.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, LookAhead);
        if (_aheadStart > 0)
        {
            _ahead.AsSpan(_aheadStart, _aheadEnd - _aheadStart).CopyTo(_ahead);
            (_aheadStart, _aheadEnd) = (0, _aheadEnd - _aheadStart);
        }

        while (_aheadEnd < count)
        {
            var read = await ReadStreamAsync(_ahead.AsMemory(_aheadEnd), cancellationToken);
            if (read == 0)
            {
                break;
            }

            _aheadEnd += read;
        }

        return _ahead.AsMemory(0, Math.Min(count, _aheadEnd));
    }

    /// <summary>Takes bytes that were just looked at.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _aheadEnd - _aheadStart);
        _aheadStart += count;
        _taken += count;
    }

    /// <summary>Takes some bytes; 0 at the end of the image.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read;
        if (_aheadEnd > _aheadStart)
        {
            read = Math.Min(buffer.Length, _aheadEnd - _aheadStart);
            _ahead.AsMemory(_aheadStart, read).CopyTo(buffer);
            _aheadStart += read;
        }
        else
        {
            read = await ReadStreamAsync(buffer, cancellationToken);
        }

        _taken += read;
        return read;
    }

    /// <summary>Fills the buffer.</summary>
    /// <exception cref="VolumeFormatException">The image ends before; the message says of what.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> buffer, string what, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await ReadAsync(buffer[filled..], cancellationToken);
            if (read == 0)
            {
                throw new VolumeFormatException(
                    $"{Subject} is cut short: it ends {buffer.Length - filled} bytes before the end of {what} (after {_taken} bytes). Send the whole file again.");
            }

            filled += read;
        }
    }

    /// <summary>Reads over bytes that are not needed.</summary>
    /// <exception cref="VolumeFormatException">The image ends before.</exception>
    public async ValueTask SkipAsync(long count, string what, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            while (count > 0)
            {
                var part = (int)Math.Min(count, buffer.Length);
                await ReadExactlyAsync(buffer.AsMemory(0, part), what, cancellationToken);
                count -= part;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads to the end, which also checks gzip's checksum. Zero bytes, as some writers pad with, are accepted.</summary>
    /// <exception cref="VolumeFormatException">Something else follows the voxels, so the header does not describe this file.</exception>
    public async ValueTask ExpectEndAsync(CancellationToken cancellationToken)
    {
        const long mostPadding = 1 << 20;
        var buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
        try
        {
            long padding = 0;
            for (int read; (read = await ReadAsync(buffer, cancellationToken)) > 0;)
            {
                padding += read;
                if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0) || padding > mostPadding)
                {
                    throw new VolumeFormatException(
                        $"{Subject} goes on after the last voxel that its header names (at byte {_taken - read}). Header and data do not belong together; export the image again.");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gzip is not null)
        {
            await _gzip.DisposeAsync();
        }
    }

    private async ValueTask<int> ReadStreamAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (_gzip is not null && e is InvalidDataException or EndOfStreamException)
        {
            throw new VolumeFormatException(
                $"{Subject} is damaged: its gzip data cannot be unpacked after {_taken} bytes ({e.Message}). The file may be cut short; send it again.", e);
        }
    }
}
