using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace LabelServer.Http;

/// <summary>Gives connections blocks of 32 KiB to receive into, in place of Kestrel's 4 KiB: scans and labels come as bodies of many megabytes, and each block is a call to the system and a turn of the reader.</summary>
/// <remarks>An idle connection holds no block. What is given back is kept up to <see cref="KeptBlocks"/>, the rest is left to the garbage collector. Safe for concurrent use.</remarks>
internal sealed class ConnectionMemory : MemoryPool<byte>
{
    /// <summary>The size of a block in bytes.</summary>
    public const int BlockLength = 32 * 1024;

    /// <summary>How many unused blocks are kept at most: 4 MiB.</summary>
    public const int KeptBlocks = 128;

    private readonly ConcurrentQueue<Block> _unused = new();
    private int _unusedCount;

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockLength;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">More than a block is asked for.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
        if (!_unused.TryDequeue(out var block))
            return new Block(this);
        Interlocked.Decrement(ref _unusedCount);
        block.IsRented = true;
        return block;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _unused.Clear();

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _unusedCount) <= KeptBlocks)
            _unused.Enqueue(block);
        else
            Interlocked.Decrement(ref _unusedCount);
    }

    // Pinned: the system writes into it, and a block that may not move would otherwise hinder the collector wherever it lies.
    private sealed class Block(ConnectionMemory pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockLength, pinned: true);

        public bool IsRented { get; set; } = true;

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            if (!IsRented)
                return;
            IsRented = false;
            pool.Return(this);
        }
    }

    /// <summary>Makes Kestrel take it; each of its parts gets a pool of its own.</summary>
    public sealed class Factory : IMemoryPoolFactory<byte>
    {
        /// <inheritdoc/>
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ConnectionMemory();
    }
}
