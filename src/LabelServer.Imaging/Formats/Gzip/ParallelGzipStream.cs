using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace LabelServer.Imaging.Formats.Gzip;

/// <summary>Writes gzip on several processors: blocks are packed apart and joined into one member, which every reader understands.</summary>
/// <remarks>
/// <para>Each block is a deflate stream of its own that ends with an empty stored block (a sync flush), so that the next may follow at a byte border; the last is an empty
/// final block. Readers that stop after the first member, such as pynrrd, read all of it, which files of several members would not give them.
/// Source: RFC 1951, section 3.2.4; RFC 1952, section 2.3; the way of pigz.</para>
/// <para>Holds at most one block in and one block out for each processor, and keeps their order. Call <see cref="FinishAsync"/> at the end; disposal alone writes no end.
/// Not thread-safe.</para>
/// </remarks>
internal sealed class ParallelGzipStream : Stream
{
    private const int BlockBytes = 1 << 20;
    private static readonly byte[] MemberHeader = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    private static readonly byte[] FinalBlock = [3, 0];
    private readonly Stream _stream;
    private readonly CompressionLevel _level;
    private readonly Queue<Task<PackedBlock>> _working = new();
    private readonly int _mostWorking = Math.Max(1, Environment.ProcessorCount);
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _filled;
    private uint _crc;
    private long _length;
    private bool _started;

    /// <summary>Creates a stream over <paramref name="stream"/>, which stays open.</summary>
    public ParallelGzipStream(Stream stream, CompressionLevel level)
    {
        _stream = stream;
        _level = level;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var part = Math.Min(buffer.Length, BlockBytes - _filled);
            buffer[..part].CopyTo(_block.AsMemory(_filled));
            _filled += part;
            buffer = buffer[part..];
            if (_filled == BlockBytes)
            {
                await SendBlockAsync(cancellationToken);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes what is left, the end of the member and its checksum.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0 || !_started)
        {
            await SendBlockAsync(cancellationToken);
        }

        while (_working.Count > 0)
        {
            await WriteOldestAsync(cancellationToken);
        }

        var trailer = new byte[FinalBlock.Length + 8];
        FinalBlock.CopyTo(trailer, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(2), _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(6), (uint)_length);
        await _stream.WriteAsync(trailer, cancellationToken);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // After a fault blocks may still be at work; their buffers are given back when they are done.
        while (_working.TryDequeue(out var work))
        {
            await work.ContinueWith(static done => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        if (_block.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = [];
        }

        await base.DisposeAsync();
    }

    private static PackedBlock Pack(byte[] block, int length, CompressionLevel level)
    {
        try
        {
            var packed = new MemoryStream(length / 8);
            using (var deflate = new DeflateStream(packed, level, leaveOpen: true))
            {
                deflate.Write(block, 0, length);
                deflate.Flush();

                // Closing adds a final block, which only the last block of the member may have.
                var end = (int)packed.Length;
                return new(packed.GetBuffer().AsMemory(0, end), Crc32.Of(block.AsSpan(0, length)), length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async ValueTask SendBlockAsync(CancellationToken cancellationToken)
    {
        if (_working.Count == _mostWorking)
        {
            await WriteOldestAsync(cancellationToken);
        }

        var (block, length, level) = (_block, _filled, _level);
        _block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        _filled = 0;
        _working.Enqueue(Task.Run(() => Pack(block, length, level), CancellationToken.None));
    }

    private async ValueTask WriteOldestAsync(CancellationToken cancellationToken)
    {
        var packed = await _working.Dequeue();
        if (!_started)
        {
            _started = true;
            await _stream.WriteAsync(MemberHeader, cancellationToken);
        }

        await _stream.WriteAsync(packed.Bytes, cancellationToken);
        _crc = Crc32.Combine(_crc, packed.Crc, packed.Length);
        _length += packed.Length;
    }

    private readonly record struct PackedBlock(ReadOnlyMemory<byte> Bytes, uint Crc, int Length);
}
