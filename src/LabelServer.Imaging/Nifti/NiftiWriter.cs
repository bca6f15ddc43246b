using System.Runtime.InteropServices;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Nifti;

/// <summary>Makes the header of a single NIfTI file: NIfTI-1, or NIfTI-2 where a size passes 32767, in this machine's byte order.</summary>
/// <remarks>
/// sform and qform are both set with code 1 (scanner), units are millimetres and seconds, as ITK writes them. The sform holds the affine as it is; the qform, which has
/// no room for shear, its nearest rotation, as nibabel writes it. ITK instead makes the sform of a sheared image orthogonal too, and so loses its place; that is not repeated here.
/// </remarks>
internal static class NiftiWriter
{
    private const short ScannerCode = 1;
    private const byte MillimetresAndSeconds = 10;

    /// <summary>The header with the four bytes that say that no extension follows: 352 or 544 bytes.</summary>
    public static byte[] Header(Volume volume)
    {
        var size = volume.Size;
        var isLarge = Math.Max(Math.Max(size.I, size.J), Math.Max(size.K, volume.Channels)) > short.MaxValue;
        return isLarge ? Header2(volume) : Header1(volume);
    }

    private static byte[] Header1(Volume volume)
    {
        var bytes = new byte[NiftiHeader.Length1 + 4];
        Put(bytes, 0, NiftiHeader.Length1);
        bytes[38] = (byte)'r';
        foreach (var (index, value) in Dim(volume).Index())
        {
            Put(bytes, 40 + (index * 2), (short)value);
        }

        Put(bytes, 70, NiftiDataType.CodeOf(volume.SampleType));
        Put(bytes, 72, (short)(SampleTypes.SizeOf(volume.SampleType) * 8));
        Put(bytes, 108, (float)bytes.Length);
        Put(bytes, 112, 1f);
        bytes[123] = MillimetresAndSeconds;
        Put(bytes, 252, ScannerCode);
        Put(bytes, 254, ScannerCode);
        var (pixdim, quaternion) = Place(volume);
        PutSingles(bytes, 76, pixdim);
        PutSingles(bytes, 256, quaternion);
        PutSingles(bytes, 280, volume.Grid.Affine.ToRows().AsSpan(0, 12));
        "n+1\0"u8.CopyTo(bytes.AsSpan(344));
        return bytes;
    }

    private static byte[] Header2(Volume volume)
    {
        var bytes = new byte[NiftiHeader.Length2 + 4];
        Put(bytes, 0, NiftiHeader.Length2);
        "n+2\0\r\n\x1a\n"u8.CopyTo(bytes.AsSpan(4));
        Put(bytes, 12, NiftiDataType.CodeOf(volume.SampleType));
        Put(bytes, 14, (short)(SampleTypes.SizeOf(volume.SampleType) * 8));
        foreach (var (index, value) in Dim(volume).Index())
        {
            Put(bytes, 16 + (index * 8), (long)value);
        }

        Put(bytes, 168, (long)bytes.Length);
        Put(bytes, 176, 1.0);
        Put(bytes, 344, (int)ScannerCode);
        Put(bytes, 348, (int)ScannerCode);
        Put(bytes, 500, (int)MillimetresAndSeconds);
        var (pixdim, quaternion) = Place(volume);
        MemoryMarshal.AsBytes(pixdim.AsSpan()).CopyTo(bytes.AsSpan(104));
        MemoryMarshal.AsBytes(quaternion.AsSpan()).CopyTo(bytes.AsSpan(352));
        MemoryMarshal.AsBytes(volume.Grid.Affine.ToRows().AsSpan(0, 12)).CopyTo(bytes.AsSpan(400));
        return bytes;
    }

    private static int[] Dim(Volume volume) => [volume.Channels > 1 ? 4 : 3, volume.Size.I, volume.Size.J, volume.Size.K, volume.Channels, 1, 1, 1];

    private static (double[] PixDim, double[] Quaternion) Place(Volume volume)
    {
        var affine = volume.Grid.Affine;
        var (i, j, k) = affine.Spacing();
        var (b, c, d, qfac) = NiftiGeometry.QuaternionOf(affine);
        return ([qfac, i, j, k, volume.Channels > 1 ? 1 : 0, 0, 0, 0], [b, c, d, affine.M03, affine.M13, affine.M23]);
    }

    private static void Put<T>(byte[] bytes, int offset, T value)
        where T : unmanaged => MemoryMarshal.Write(bytes.AsSpan(offset), in value);

    private static void PutSingles(byte[] bytes, int offset, ReadOnlySpan<double> values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            Put(bytes, offset + (n * sizeof(float)), (float)values[n]);
        }
    }
}
