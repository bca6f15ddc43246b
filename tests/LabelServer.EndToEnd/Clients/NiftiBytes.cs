using System.Buffers.Binary;
using System.IO.Compression;

namespace LabelServer.EndToEnd.Clients;

/// <summary>NIfTI-1 files written by hand, so that tests of the server do not rest on its own writer.</summary>
internal static class NiftiBytes
{
    private const int HeaderLength = 352;

    /// <summary>A file of bytes.</summary>
    /// <param name="size">Voxels along i, j, k.</param>
    /// <param name="affine">Three rows of four: index to RAS millimetres; null for 2 × 2 × 3 mm in RAS.</param>
    /// <param name="value">The value of voxel (i, j, k).</param>
    public static byte[] UInt8(int[] size, double[]? affine = null, Func<int, int, int, byte>? value = null)
    {
        var file = new byte[HeaderLength + (size[0] * size[1] * size[2])];
        Header(size, affine ?? [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0], type: 2, bits: 8).CopyTo(file, 0);
        for (var k = 0; k < size[2]; k++)
        {
            for (var j = 0; j < size[1]; j++)
            {
                for (var i = 0; i < size[0]; i++)
                    file[HeaderLength + i + (size[0] * (j + (size[1] * k)))] = value?.Invoke(i, j, k) ?? 0;
            }
        }

        return file;
    }

    /// <summary>A CT-like image of 16-bit numbers: air, a body and a ball of tissue in it.</summary>
    public static byte[] Ct(int[] size, double[]? affine = null)
    {
        var file = new byte[HeaderLength + (2 * size[0] * size[1] * size[2])];
        Header(size, affine ?? [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0], type: 4, bits: 16).CopyTo(file, 0);
        for (var n = 0; n < size[0] * size[1] * size[2]; n++)
        {
            var (i, j, k) = (n % size[0], n / size[0] % size[1], n / size[0] / size[1]);
            var distance = Math.Pow((2.0 * i / size[0]) - 1, 2) + Math.Pow((2.0 * j / size[1]) - 1, 2) + Math.Pow((2.0 * k / size[2]) - 1, 2);
            var value = (distance < 0.2 ? 120 : distance < 0.8 ? 20 : -1000) + (((n * 7919) % 41) - 20);
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderLength + (2 * n)), (short)value);
        }

        return file;
    }

    /// <summary>A header alone.</summary>
    public static byte[] Header(int[] size, double[] affine, short type, short bits)
    {
        var header = new byte[HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, 348);
        Shorts(header, 40, [3, .. size.Select(s => (short)s), 1, 1, 1, 1]);
        Shorts(header, 70, [type, bits]);
        Floats(header, 76, [1, Length(affine, 0), Length(affine, 1), Length(affine, 2)]);
        Floats(header, 108, [HeaderLength, 1]);
        Shorts(header, 252, [0, 1]);
        Floats(header, 280, [.. affine.Select(a => (float)a)]);
        "n+1\0"u8.CopyTo(header.AsSpan(344));
        return header;
    }

    public static byte[] GZip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static float Length(double[] affine, int column) => (float)Math.Sqrt((affine[column] * affine[column]) + (affine[column + 4] * affine[column + 4]) + (affine[column + 8] * affine[column + 8]));

    private static void Shorts(byte[] header, int offset, short[] values)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(offset + (2 * i)), values[i]);
    }

    private static void Floats(byte[] header, int offset, float[] values)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(offset + (4 * i)), values[i]);
    }
}
