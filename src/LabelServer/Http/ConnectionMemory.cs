using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace LabelServer.Http;

/// <summary>Gives connections blocks of 128 KiB to receive into, in place of Kestrel's 4 KiB: scans and labels come as bodies of many megabytes, and each block is a call to the system and a turn of the reader.</summary>
/// <remarks>
/// An idle connection holds no block, and one that sends holds one or a few. When <see cref="MostBlocks"/> are in use, which are more than such a server has to do with at a time, further ones are of Kestrel's size: connections that only begin a request must not take the server's memory.
/// Safe for concurrent use.
/// </remarks>
internal sealed class ConnectionMemory : MemoryPool<byte>
{
    /// <summary>The size of a block in bytes.</summary>
    public const int BlockLength = 128 * 1024;

    /// <summary>The size of the blocks beyond <see cref="MostBlocks"/> in bytes.</summary>
    public const int SmallLength = 4 * 1024;

    /// <summary>How many large blocks are in use or kept at most: 16 MiB.</summary>
    public const int MostBlocks = 128;

    private readonly ConcurrentQueue<Block> _unused = new();
    private int _used;

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockLength;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">More than a block is asked for.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
        if (Interlocked.Increment(ref _used) > MostBlocks && minBufferSize <= SmallLength)
        {
            Interlocked.Decrement(ref _used);
            return new Block(null, SmallLength);
        }

        if (!_unused.TryDequeue(out var block))
            return new Block(this, BlockLength);
        block.IsRented = true;
        return block;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _unused.Clear();

    private void Return(Block block)
    {
        // What was given out beyond the bound, because more than a small block was asked for, is not kept.
        if (Interlocked.Decrement(ref _used) < MostBlocks)
            _unused.Enqueue(block);
    }

    // Pinned: the system writes into it, and a block that may not move would otherwise hinder the collector wherever it lies.
    private sealed class Block(ConnectionMemory? pool, int length) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(length, pinned: pool is not null);

        public bool IsRented { get; set; } = true;

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            if (!IsRented)
                return;
            IsRented = false;
            pool?.Return(this);
        }
    }

    /// <summary>Makes Kestrel take it; each of its parts gets a pool of its own.</summary>
    public sealed class Factory : IMemoryPoolFactory<byte>
    {
        /// <inheritdoc/>
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ConnectionMemory();
    }
}
