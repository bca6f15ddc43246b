using System.Numerics;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Formats;

/// <summary>Small volumes whose every sample tells its index, and the affines that formats get wrong.</summary>
internal static class PatternVolume
{
    /// <summary>Axis-aligned, rotated, left-handed, permuted and sheared.</summary>
    public static Dictionary<string, Affine> Affines { get; } = new()
    {
        ["identity"] = Affine.Identity,
        ["LPS"] = new(-0.75, 0, 0, 10.5, 0, -0.75, 0, 20.25, 0, 0, 3, -30),
        ["left-handed"] = new(-2, 0, 0, 4, 0, 3, 0, -5, 0, 0, 4, 6),
        ["permuted"] = new(0, 0, -1.5, 12, 0.5, 0, 0, -7, 0, -2, 0, 3),
        ["rotated"] = Affine.Translation(11, -2, 5) * Turn(0.3) * new Affine(1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0) * Turn(-0.2) * Affine.Scaling(2, 1, 0.75),
        ["half turn about x"] = new(2, 0, 0, 1, 0, -3, 0, 2, 0, 0, -4, 3),
        ["half turn about y"] = new(-2, 0, 0, 1, 0, 3, 0, 2, 0, 0, -4, 3),
        ["sheared"] = new(1, 0.1, 0.3, -4, 0.1, 1.5, 0, 5, 0, 0, 2, 6),
    };

    /// <summary>Samples 0, 1, 2 … in memory order, wrapped to the sample type.</summary>
    public static Volume Make(SampleType type, GridSize size, int channels = 1, Affine? affine = null)
    {
        var volume = Volume.Create(type, new VolumeGrid(size, affine ?? Affine.Identity), channels);
        switch (volume)
        {
            case Volume<byte> v: Fill(v); break;
            case Volume<sbyte> v: Fill(v); break;
            case Volume<ushort> v: Fill(v); break;
            case Volume<short> v: Fill(v); break;
            case Volume<uint> v: Fill(v); break;
            case Volume<int> v: Fill(v); break;
            case Volume<ulong> v: Fill(v); break;
            case Volume<long> v: Fill(v); break;
            case Volume<float> v: Fill(v); break;
            case Volume<double> v: Fill(v); break;
        }

        return volume;
    }

    /// <summary>The samples as double, in memory order.</summary>
    public static double[] Values(Volume volume) => volume switch
    {
        Volume<byte> v => Values(v),
        Volume<sbyte> v => Values(v),
        Volume<ushort> v => Values(v),
        Volume<short> v => Values(v),
        Volume<uint> v => Values(v),
        Volume<int> v => Values(v),
        Volume<ulong> v => Values(v),
        Volume<long> v => Values(v),
        Volume<float> v => Values(v),
        Volume<double> v => Values(v),
        _ => throw new NotSupportedException(),
    };

    /// <summary>The file as bytes.</summary>
    public static async Task<byte[]> WriteAsync(Volume volume, VolumeFileType type, VolumeWriteOptions? options = null)
    {
        using var stream = new MemoryStream();
        await VolumeWriter.WriteAsync(volume, stream, type, options, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    /// <summary>Reads bytes.</summary>
    public static async Task<LoadedVolume> ReadAsync(byte[] bytes, string name = "case_1", VolumeReadOptions? options = null) =>
        await VolumeReader.LoadAsync(new MemoryStream(bytes), name, options, TestContext.Current.CancellationToken);

    /// <summary>Fails unless both affines agree within <paramref name="tolerance"/> of a millimetre.</summary>
    public static void AssertSame(Affine expected, Affine actual, double tolerance = 1e-6)
    {
        double[] a = expected.ToRows(), b = actual.ToRows();
        for (var n = 0; n < a.Length; n++)
        {
            Assert.True(Math.Abs(a[n] - b[n]) <= tolerance, $"{expected} expected, {actual} read");
        }
    }

    private static Affine Turn(double angle) => new(Math.Cos(angle), -Math.Sin(angle), 0, 0, Math.Sin(angle), Math.Cos(angle), 0, 0, 0, 0, 1, 0);

    private static void Fill<T>(Volume<T> volume)
        where T : unmanaged, INumber<T>
    {
        var samples = volume.Samples;
        for (var n = 0; n < samples.Length; n++)
        {
            samples[n] = T.CreateTruncating(n - 3);
        }
    }

    private static double[] Values<T>(Volume<T> volume)
        where T : unmanaged, INumber<T>
    {
        var result = new double[volume.Samples.Length];
        for (var n = 0; n < result.Length; n++)
        {
            result[n] = double.CreateTruncating(volume.Samples[n]);
        }

        return result;
    }

    /// <summary>The raw bytes of the samples.</summary>
    public static byte[] Bytes<T>(Volume<T> volume)
        where T : unmanaged, INumber<T> => MemoryMarshal.AsBytes(volume.Samples).ToArray();
}
