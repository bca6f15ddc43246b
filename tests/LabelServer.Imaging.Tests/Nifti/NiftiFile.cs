namespace LabelServer.Imaging.Tests.Nifti;

/// <summary>Builds NIfTI and Analyze files field by field, in either byte order, independently of the program's own writer.</summary>
internal sealed class NiftiFile(bool bigEndian = false, int version = 1)
{
    private readonly byte[] _header = new byte[version == 2 ? 540 : 348];

    public short[] Dim { get; set; } = [3, 2, 3, 4, 1, 1, 1, 1];

    public double[] PixDim { get; set; } = [1, 1, 1, 1, 1, 1, 1, 1];

    public short DataType { get; set; } = 4;

    public double VoxOffset { get; set; } = version == 2 ? 544 : 352;

    public double Slope { get; set; }

    public double Intercept { get; set; }

    public int QForm { get; set; }

    public int SForm { get; set; }

    public double[] Quaternion { get; set; } = new double[6];

    public double[] Rows { get; set; } = new double[12];

    public string Magic { get; set; } = version == 2 ? "n+2\0\r\n\u001a\n" : "n+1\0";

    public short[] Origin { get; set; } = [];

    /// <summary>The header alone.</summary>
    public byte[] Header()
    {
        Array.Clear(_header);
        Put(0, (int)_header.Length);
        if (version == 2)
        {
            Header2();
        }
        else
        {
            Header1();
        }

        return [.. _header];
    }

    /// <summary>The whole file: header, filling up to vox_offset, voxels.</summary>
    public byte[] With(byte[] voxels) => [.. Header(), .. new byte[Math.Max(0, (int)VoxOffset - _header.Length)], .. voxels];

    /// <summary>Samples in the file's byte order.</summary>
    public byte[] Samples<T>(params T[] values)
        where T : unmanaged
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        if (bigEndian)
        {
            var size = bytes.Length / values.Length;
            for (var n = 0; n < bytes.Length; n += size)
            {
                Array.Reverse(bytes, n, size);
            }
        }

        return bytes;
    }

    private void Header1()
    {
        Each(Dim, (n, v) => Put(40 + (n * 2), v));
        Put(70, DataType);
        Each(PixDim, (n, v) => Put(76 + (n * 4), (float)v));
        Put(108, (float)VoxOffset);
        Put(112, (float)Slope);
        Put(116, (float)Intercept);
        if (Origin.Length > 0)
        {
            Each(Origin, (n, v) => Put(253 + (n * 2), v));
            return;
        }

        Put(252, (short)QForm);
        Put(254, (short)SForm);
        Each(Quaternion, (n, v) => Put(256 + (n * 4), (float)v));
        Each(Rows, (n, v) => Put(280 + (n * 4), (float)v));
        System.Text.Encoding.Latin1.GetBytes(Magic).CopyTo(_header, 344);
    }

    private void Header2()
    {
        System.Text.Encoding.Latin1.GetBytes(Magic).CopyTo(_header, 4);
        Put(12, DataType);
        Each(Dim, (n, v) => Put(16 + (n * 8), (long)v));
        Each(PixDim, (n, v) => Put(104 + (n * 8), v));
        Put(168, (long)VoxOffset);
        Put(176, Slope);
        Put(184, Intercept);
        Put(344, QForm);
        Put(348, SForm);
        Each(Quaternion, (n, v) => Put(352 + (n * 8), v));
        Each(Rows, (n, v) => Put(400 + (n * 8), v));
    }

    private static void Each<T>(T[] values, Action<int, T> put)
    {
        for (var n = 0; n < values.Length; n++)
        {
            put(n, values[n]);
        }
    }

    private void Put<T>(int offset, T value)
        where T : unmanaged => Samples(value).CopyTo(_header, offset);
}
