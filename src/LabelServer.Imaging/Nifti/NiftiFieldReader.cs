using System.Buffers.Binary;

namespace LabelServer.Imaging.Nifti;

/// <summary>Reads header fields of either byte order.</summary>
internal readonly ref struct NiftiFieldReader(ReadOnlySpan<byte> bytes, bool bigEndian)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public bool BigEndian { get; } = bigEndian;

    public short Int16(int offset) => BigEndian ? BinaryPrimitives.ReadInt16BigEndian(_bytes[offset..]) : BinaryPrimitives.ReadInt16LittleEndian(_bytes[offset..]);

    public int Int32(int offset) => BigEndian ? BinaryPrimitives.ReadInt32BigEndian(_bytes[offset..]) : BinaryPrimitives.ReadInt32LittleEndian(_bytes[offset..]);

    public long Int64(int offset) => BigEndian ? BinaryPrimitives.ReadInt64BigEndian(_bytes[offset..]) : BinaryPrimitives.ReadInt64LittleEndian(_bytes[offset..]);

    public double Single(int offset) => BitConverter.Int32BitsToSingle(Int32(offset));

    public double Double(int offset) => BitConverter.Int64BitsToDouble(Int64(offset));

    public long[] Int16s(int offset, int count)
    {
        var values = new long[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Int16(offset + (n * sizeof(short)));
        }

        return values;
    }

    public long[] Int64s(int offset, int count)
    {
        var values = new long[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Int64(offset + (n * sizeof(long)));
        }

        return values;
    }

    public double[] Singles(int offset, int count)
    {
        var values = new double[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Single(offset + (n * sizeof(float)));
        }

        return values;
    }

    public double[] Doubles(int offset, int count)
    {
        var values = new double[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Double(offset + (n * sizeof(double)));
        }

        return values;
    }
}
