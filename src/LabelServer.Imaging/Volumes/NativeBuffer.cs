using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LabelServer.Imaging.Volumes;

/// <summary>A block of native memory, aligned to 64 bytes, owned by one holder and freed when that holder disposes it.</summary>
/// <remarks>Large arrays on the managed heap stay resident until a full collection; volumes are freed at once. There is no finalizer, since a span could outlive it:
/// whoever forgets to dispose leaks, and <see cref="NativeMemoryUse"/> shows it to the tests. Not thread-safe for disposal; the span may be shared.</remarks>
public sealed unsafe class NativeBuffer<T> : MemoryManager<T>
    where T : unmanaged
{
    private const nuint Alignment = 64;
    private readonly int _length;
    private T* _pointer;

    /// <summary>Allocates <paramref name="length"/> items.</summary>
    /// <param name="length">Items, 0 to <see cref="Array.MaxLength"/>.</param>
    /// <param name="clear">Whether the memory is zeroed; otherwise its content is undefined.</param>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public NativeBuffer(int length, bool clear = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _length = length;
        var bytes = (nuint)length * (nuint)Unsafe.SizeOf<T>();
        _pointer = (T*)NativeMemory.AlignedAlloc(Math.Max(bytes, 1), Alignment);
        if (clear)
        {
            NativeMemory.Clear(_pointer, bytes);
        }

        NativeMemoryUse.Add((long)bytes);
    }

    /// <summary>The address of the first item; valid until disposal.</summary>
    /// <exception cref="ObjectDisposedException">The buffer is disposed.</exception>
    public T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return _pointer;
        }
    }

    /// <inheritdoc/>
    public override Span<T> GetSpan() => new(Pointer, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        return new MemoryHandle(Pointer + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_pointer is null)
        {
            return;
        }

        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        NativeMemoryUse.Add(-(long)_length * Unsafe.SizeOf<T>());
    }
}
