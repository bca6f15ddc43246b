using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LabelServer.Imaging.Formats;

/// <summary>Turns samples from the other byte order into this machine's, in place.</summary>
internal static class ByteOrder
{
    /// <summary>Reverses the bytes of each sample.</summary>
    public static void Reverse<T>(Span<T> samples)
        where T : unmanaged
    {
        switch (Unsafe.SizeOf<T>())
        {
            case 2:
                var two = MemoryMarshal.Cast<T, ushort>(samples);
                BinaryPrimitives.ReverseEndianness(two, two);
                break;
            case 4:
                var four = MemoryMarshal.Cast<T, uint>(samples);
                BinaryPrimitives.ReverseEndianness(four, four);
                break;
            case 8:
                var eight = MemoryMarshal.Cast<T, ulong>(samples);
                BinaryPrimitives.ReverseEndianness(eight, eight);
                break;
        }
    }
}
