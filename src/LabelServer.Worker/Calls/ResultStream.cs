using Google.Protobuf;
using Grpc.Core;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>A stream whose bytes go to the caller as messages. Write only, asynchronous only.</summary>
internal sealed class ResultStream(IServerStreamWriter<InferDownload> messages) : Stream
{
    // Half of the longest message, so that its framing never passes the limit.
    private const int ChunkBytes = 512 << 10;
    private long _length;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <summary>Bytes written so far.</summary>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var chunk = buffer[..Math.Min(ChunkBytes, buffer.Length)];

            // Wrapped, not copied: the message is serialised before the write ends.
            await messages.WriteAsync(new InferDownload { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, cancellationToken);
            _length += chunk.Length;
            buffer = buffer[chunk.Length..];
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
