using System.Buffers;
using System.Runtime.CompilerServices;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>The bytes of a volume's samples as memory that can cross an await, so that streams read and write them without a copy. Does not own them.</summary>
internal sealed unsafe class NativeBytes<T>(NativeBuffer<T> buffer) : MemoryManager<byte>
    where T : unmanaged
{
    /// <summary>A part of the bytes: <paramref name="count"/> samples from <paramref name="start"/> on.</summary>
    /// <remarks>A span and a <see cref="Memory{T}"/> end at 2³¹ bytes, so large volumes are taken in parts.</remarks>
    public static Memory<byte> Of(NativeBuffer<T> buffer, int start, int count) => new NativeBytes<T>(buffer) { _start = start, _count = count }.Memory;

    private int _start;
    private int _count;

    public override Span<byte> GetSpan() => new(buffer.Pointer + _start, checked(_count * Unsafe.SizeOf<T>()));

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)(buffer.Pointer + _start) + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
