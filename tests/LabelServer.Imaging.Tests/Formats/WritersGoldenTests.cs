using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Testing;

namespace LabelServer.Imaging.Tests.Formats;

/// <summary>What we write against what MONAI Label's writer wrote, with ITK and with nibabel.</summary>
/// <remarks>
/// Intended differences: the space directions of a <c>.seg.nrrd</c> are the columns of the matrix (MONAI Label writes its rows, which turns rotated images the other way);
/// the sform of a sheared image is its affine (ITK makes it orthogonal); coronal and sagittal NIfTI files can be written (MONAI's nibabel writer raises).
/// </remarks>
public sealed class WritersGoldenTests
{
    public static TheoryData<string> Cases() => GoldenCase.Names("writers");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Write_ReferenceLabel_GivesTheSameFile(string name)
    {
        var golden = GoldenCase.Require("writers", name);
        using var json = golden.ReadJson();
        var root = json.RootElement;
        var extension = root.GetProperty("extension").GetString()!;
        var type = VolumeFileTypes.FromName(extension);
        var affine = Affine.FromRows([.. root.GetProperty("affine").EnumerateArray().Take(3).SelectMany(r => r.EnumerateArray()).Select(v => v.GetDouble())]);
        using var volume = VolumeOf(golden, root.GetProperty("dtype").GetString()!, affine);
        var options = new VolumeWriteOptions { Compress = root.GetProperty("compress").GetBoolean(), Segments = SegmentsOf(root) };

        using var stream = new MemoryStream();
        await VolumeWriter.WriteAsync(volume, stream, type, options, TestContext.Current.CancellationToken);
        if (VolumeWriter.LengthOf(volume, type, options) is { } length)
        {
            Assert.Equal(length, stream.Length);
        }

        stream.Position = 0;
        using var back = await VolumeReader.LoadAsync(stream, name + extension, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(volume.SampleType, back.Volume.SampleType);
        Assert.Equal(Bytes(volume), Bytes(back.Volume));
        AssertSameAffine(affine, back.Volume.Grid.Affine, type is VolumeFileType.Nifti or VolumeFileType.NiftiGzip ? 1e-6 : 0);
        if (root.TryGetProperty("header_text", out var header))
        {
            AssertSameNrrdHeader(header.GetString()!, NrrdHeader(stream.ToArray()), affine, type == VolumeFileType.SegNrrd);
        }
        else if (!root.TryGetProperty("error", out _))
        {
            stream.Position = 0;
            AssertSameNiftiHeader(root, await NiftiHeaderAsync(stream, type), affine);
        }
    }

    private static Volume VolumeOf(GoldenCase golden, string dtype, Affine affine)
    {
        // A case in which the original raised has no tensors; any label will do there.
        double[] values = [.. Enumerable.Range(0, 9 * 8 * 7).Select(n => n % 4)];
        int[] shape = [1, 9, 8, 7];
        if (File.Exists(golden.TensorPath))
        {
            var tensors = golden.ReadTensors();
            values = tensors.Doubles("label");
            shape = tensors.ShapeOf("label");
            shape = shape.Length == 3 ? [1, .. shape] : shape;
        }

        return dtype switch
        {
            "uint8" => AxisOrder.ToVolume<byte>(values, shape, affine),
            "int16" => AxisOrder.ToVolume<short>(values, shape, affine),
            "uint16" => AxisOrder.ToVolume<ushort>(values, shape, affine),
            "int32" => AxisOrder.ToVolume<int>(values, shape, affine),
            "float32" => AxisOrder.ToVolume<float>(values, shape, affine),
            "float64" => AxisOrder.ToVolume<double>(values, shape, affine),
            _ => throw new NotSupportedException(dtype),
        };
    }

    private static Segment[] SegmentsOf(JsonElement root)
    {
        if (!root.TryGetProperty("header_parsed", out var header))
        {
            return [];
        }

        var segments = new List<Segment>();
        for (var n = 0; header.TryGetProperty($"Segment{n}_ID", out var id); n++)
        {
            var color = header.TryGetProperty($"Segment{n}_Color", out var text) ? Numbers(text.GetString()!) : null;
            segments.Add(new Segment(id.GetString()!, header.GetProperty($"Segment{n}_Name").GetString()!, 1, n) { Color = color is null ? null : new(color[0], color[1], color[2]) });
        }

        return [.. segments];
    }

    /// <summary>The same lines in the same order; numbers of vectors may differ in the last place (ITK multiplies spacing and direction), their format may not.</summary>
    private static void AssertSameNrrdHeader(string expected, string actual, Affine affine, bool isSegmentation)
    {
        if (isSegmentation)
        {
            AssertSameSegmentationHeader(expected, actual, affine);
            return;
        }

        string[] want = expected.TrimEnd('\n').Split('\n'), have = actual.TrimEnd('\n').Split('\n');
        Assert.Equal(want.Length, have.Length);
        for (var n = 0; n < want.Length; n++)
        {
            if (!want[n].StartsWith("space directions: ", StringComparison.Ordinal))
            {
                Assert.Equal(want[n], have[n]);
                continue;
            }

            Assert.StartsWith("space directions: ", have[n], StringComparison.Ordinal);
            double[] wanted = Numbers(want[n]), had = Numbers(have[n]);
            Assert.Equal(wanted.Length, had.Length);
            for (var m = 0; m < had.Length; m++)
            {
                Assert.Equal(wanted[m], had[m], 1e-15 * Math.Max(1, Math.Abs(wanted[m])));
                if (wanted[m] == had[m])
                {
                    Assert.Equal(Word(want[n], m), Word(have[n], m));
                }
            }
        }
    }

    private static void AssertSameSegmentationHeader(string expected, string actual, Affine affine)
    {
        var (want, have) = (Fields(expected), Fields(actual));
        foreach (var (key, value) in want)
        {
            switch (key)
            {
                case "type":
                    // "uint8" and "unsigned char" are the same type.
                    Assert.Equal("unsigned char", have[key]);
                    break;
                case "space directions":
                    var lps = affine.FlipLps();
                    double[] columns = [lps.M00, lps.M10, lps.M20, lps.M01, lps.M11, lps.M21, lps.M02, lps.M12, lps.M22];
                    Assert.StartsWith("none ", have[key], StringComparison.Ordinal);
                    Assert.Equal(columns, Numbers(have[key]));

                    // The original's numbers are the same matrix, transposed.
                    double[] rows = [lps.M00, lps.M01, lps.M02, lps.M10, lps.M11, lps.M12, lps.M20, lps.M21, lps.M22];
                    Assert.Equal(rows, Numbers(value));
                    break;
                case var _ when key.EndsWith("_Color", StringComparison.Ordinal):
                    Assert.Equal(Numbers(value), Numbers(have[key]));
                    break;
                default:
                    Assert.Equal(value, have[key]);
                    break;
            }
        }
    }

    private static void AssertSameNiftiHeader(JsonElement expected, byte[] h, Affine affine)
    {
        Assert.Equal(expected.GetProperty("sizeof_hdr").GetInt32(), BinaryPrimitives.ReadInt32LittleEndian(h));
        Assert.Equal(expected.GetProperty("magic").GetString() + "\0", Encoding.ASCII.GetString(h, 344, 4));
        Assert.Equal(Integers(expected.GetProperty("dim")), Enumerable.Range(0, 8).Select(n => (int)BinaryPrimitives.ReadInt16LittleEndian(h.AsSpan(40 + (n * 2)))));
        Assert.Equal(expected.GetProperty("datatype").GetInt32(), BinaryPrimitives.ReadInt16LittleEndian(h.AsSpan(70)));
        Assert.Equal(expected.GetProperty("bitpix").GetInt32(), BinaryPrimitives.ReadInt16LittleEndian(h.AsSpan(72)));
        Assert.Equal(expected.GetProperty("qform_code").GetInt32(), BinaryPrimitives.ReadInt16LittleEndian(h.AsSpan(252)));
        Assert.Equal(expected.GetProperty("sform_code").GetInt32(), BinaryPrimitives.ReadInt16LittleEndian(h.AsSpan(254)));
        Assert.Equal(expected.GetProperty("vox_offset").GetDouble(), Single(h, 108));
        Assert.Equal(expected.GetProperty("scl_slope").GetDouble(), Single(h, 112));
        Assert.Equal(expected.GetProperty("scl_inter").GetDouble(), Single(h, 116));

        // nibabel leaves the units unknown; they are millimetres, and ITK says so.
        Assert.Equal(10, h[123]);
        AssertClose([.. Doubles(expected.GetProperty("pixdim")).Take(4)], h, 76, 1e-6);
        AssertClose(Doubles(expected.GetProperty("quatern")), h, 256, 2e-6);
        AssertClose(Doubles(expected.GetProperty("qoffset")), h, 268, 1e-6);
        AssertClose(affine.ToRows()[..12], h, 280, 1e-6);
    }

    private static void AssertClose(double[] expected, byte[] header, int offset, double tolerance)
    {
        for (var n = 0; n < expected.Length; n++)
        {
            Assert.Equal(expected[n], Single(header, offset + (n * 4)), tolerance * Math.Max(1, Math.Abs(expected[n])));
        }
    }

    private static void AssertSameAffine(Affine expected, Affine actual, double tolerance)
    {
        double[] a = expected.ToRows(), b = actual.ToRows();
        for (var n = 0; n < a.Length; n++)
        {
            Assert.Equal(a[n], b[n], tolerance * Math.Max(1, Math.Abs(a[n])));
        }
    }

    private static byte[] Bytes(Volume volume) => volume switch
    {
        Volume<byte> v => System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.Samples).ToArray(),
        Volume<short> v => System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.Samples).ToArray(),
        Volume<ushort> v => System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.Samples).ToArray(),
        Volume<int> v => System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.Samples).ToArray(),
        Volume<float> v => System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.Samples).ToArray(),
        Volume<double> v => System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.Samples).ToArray(),
        _ => throw new NotSupportedException(),
    };

    private static string NrrdHeader(byte[] file)
    {
        var end = file.AsSpan().IndexOf("\n\n"u8);
        return Encoding.UTF8.GetString(file, 0, end + 1);
    }

    private static async Task<byte[]> NiftiHeaderAsync(Stream stream, VolumeFileType type)
    {
        var header = new byte[348];
        await using var plain = type == VolumeFileType.NiftiGzip ? new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Decompress) : stream;
        await plain.ReadExactlyAsync(header, TestContext.Current.CancellationToken);
        return header;
    }

    private static Dictionary<string, string> Fields(string header) => header.Split('\n').Where(l => l.Contains(':', StringComparison.Ordinal) && !l.StartsWith('#'))
        .Select(l => l.Split(l.Contains(":=", StringComparison.Ordinal) ? ":=" : ": ", 2)).ToDictionary(p => p[0], p => p[1]);

    private static string Word(string line, int index) => line.Split([' ', '(', ')', ','], StringSplitOptions.RemoveEmptyEntries).Where(IsNumber).ElementAt(index);

    private static double[] Numbers(string line) => [.. line.Split([' ', '(', ')', ','], StringSplitOptions.RemoveEmptyEntries).Where(IsNumber).Select(w => double.Parse(w, CultureInfo.InvariantCulture))];

    private static bool IsNumber(string word) => double.TryParse(word, CultureInfo.InvariantCulture, out _);

    private static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];

    private static IEnumerable<int> Integers(JsonElement list) => list.EnumerateArray().Select(v => v.GetInt32());

    private static float Single(byte[] bytes, int offset) => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(offset));
}
