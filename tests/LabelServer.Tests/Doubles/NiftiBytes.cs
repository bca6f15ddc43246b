using System.Buffers.Binary;
using System.IO.Compression;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Tests.Doubles;

/// <summary>Small NIfTI-1 files made byte by byte after the format's description, independent of the program's own writer.</summary>
internal static class NiftiBytes
{
    /// <summary>A file of 8-bit samples, packed with gzip unless told otherwise.</summary>
    public static byte[] Of(byte[] samples, GridSize size, Affine? affine = null, bool pack = true)
    {
        var bytes = new byte[352 + samples.Length];
        Header(bytes, size, affine ?? Affine.Identity, dataType: 2, bits: 8);
        samples.CopyTo(bytes, 352);
        return pack ? Pack(bytes) : bytes;
    }

    /// <summary>A file of float32 samples, not packed.</summary>
    public static byte[] OfFloats(float[] samples, GridSize size)
    {
        var bytes = new byte[352 + (samples.Length * 4)];
        Header(bytes, size, Affine.Identity, dataType: 16, bits: 32);
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(352 + (i * 4)), samples[i]);
        return bytes;
    }

    /// <summary>An image of 4×3×2 voxels with different values.</summary>
    public static byte[] Image(Affine? affine = null) => Of([.. Enumerable.Range(0, 24).Select(i => (byte)(i * 7))], new GridSize(4, 3, 2), affine);

    /// <summary>A label of 4×3×2 voxels that holds these values, the rest background.</summary>
    public static byte[] Label(params byte[] values)
    {
        var samples = new byte[24];
        values.CopyTo(samples, 0);
        return Of(samples, new GridSize(4, 3, 2));
    }

    public static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static void Header(byte[] bytes, GridSize size, Affine affine, short dataType, short bits)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, 348);
        short[] dim = [3, (short)size.I, (short)size.J, (short)size.K, 1, 1, 1, 1];
        for (var i = 0; i < 8; i++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(40 + (2 * i)), dim[i]);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(70), dataType);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(72), bits);
        var (x, y, z) = affine.Spacing();
        float[] pixdim = [1, (float)x, (float)y, (float)z];
        for (var i = 0; i < 4; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(76 + (4 * i)), pixdim[i]);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(108), 352);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(254), 1);
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 4; column++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(280 + (16 * row) + (4 * column)), (float)affine[row, column]);
        }

        "n+1\0"u8.CopyTo(bytes.AsSpan(344));
    }
}
