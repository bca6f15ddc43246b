using System.Buffers;
using System.Security.Cryptography;

namespace LabelServer.Inference.Pipelines.Caching;

/// <summary>An image's bytes on their way to the reader: their SHA-256 is built while they pass, and they can be taken in before anything is decoded.</summary>
/// <remarks>Read only, asynchronous only, not thread-safe. Does not close the stream that it reads.</remarks>
/// <param name="source">The image file from its current position.</param>
internal sealed class HashedImage(Stream source) : Stream
{
    private const int ChunkBytes = 64 << 10;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Queue<(byte[] Bytes, int Count)> _ahead = new();
    private int _offset;
    private bool _ended;
    private string? _digest;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes in all bytes, which can still be read, if there are no more than <paramref name="limit"/>.</summary>
    /// <returns>The hash of all bytes, or null when there are more.</returns>
    public async Task<string?> TakeInAsync(long limit, CancellationToken cancellationToken)
    {
        for (var taken = 0L; taken <= limit && !_ended;)
        {
            var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
            var count = await ReadSourceAsync(chunk, cancellationToken);
            _ahead.Enqueue((chunk, count));
            taken += count;
        }

        return _ended ? Digest() : null;
    }

    /// <summary>The hash of all bytes: what the reader left, such as padding at the end, is read now.</summary>
    public async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        var rest = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (!_ended)
            {
                await ReadSourceAsync(rest, cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }

        return Digest();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
        {
            return 0;
        }

        while (_ahead.TryPeek(out var chunk))
        {
            var count = Math.Min(buffer.Length, chunk.Count - _offset);
            chunk.Bytes.AsMemory(_offset, count).CopyTo(buffer);
            _offset += count;
            if (_offset == chunk.Count)
            {
                _offset = 0;
                ArrayPool<byte>.Shared.Return(_ahead.Dequeue().Bytes);
            }

            if (count > 0)
            {
                return count;
            }
        }

        return _ended ? 0 : await ReadSourceAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        while (_ahead.TryDequeue(out var chunk))
        {
            ArrayPool<byte>.Shared.Return(chunk.Bytes);
        }

        _hash.Dispose();
        base.Dispose(disposing);
    }

    private string Digest() => _digest ??= Convert.ToHexStringLower(_hash.GetHashAndReset());

    private async ValueTask<int> ReadSourceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await source.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..count]);
        _ended = count == 0;
        return count;
    }
}
