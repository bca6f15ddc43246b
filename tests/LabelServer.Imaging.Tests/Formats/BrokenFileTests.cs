using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Formats;

/// <summary>Damaged and hostile files: each is refused with a message that names the image, and in bounded memory.</summary>
[Collection(NativeMemoryCollection.Name)]
public sealed class BrokenFileTests
{
    public static TheoryData<VolumeFileType> Files() => [.. Enum.GetValues<VolumeFileType>()];

    [Fact]
    public async Task Read_EmptyFile_SaysSo() => await AssertRefused<VolumeFormatException>([], "is empty");

    [Theory]
    [InlineData("hello, this is no image at all", "neither NIfTI nor NRRD")]
    [InlineData("PK\u0003\u0004...........", "ZIP archive")]
    [InlineData("{\"a\": 1}", "JSON")]
    [InlineData("ab", "neither NIfTI nor NRRD")]
    [InlineData("NRRD0009\ntype: short\n\n", "version")]
    public async Task Read_SomethingElse_SaysWhatItLooksLike(string text, string expected) =>
        await AssertRefused<VolumeFormatException>(Encoding.Latin1.GetBytes(text), expected);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Read_FileCutShortAnywhere_IsRefused(VolumeFileType type)
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(9, 8, 7));
        var whole = await PatternVolume.WriteAsync(volume, type);
        for (var length = 0; length < whole.Length; length += 1 + (whole.Length / 97))
        {
            await AssertRefused<VolumeFormatException>(whole[..length], null);
        }

        await AssertRefused<VolumeFormatException>(whole[..^1], null);
    }

    [Fact]
    public async Task Read_PackedNrrdCutShort_IsRefused()
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(9, 8, 7));
        var whole = await PatternVolume.WriteAsync(volume, VolumeFileType.Nrrd, new VolumeWriteOptions { Compress = true });

        await AssertRefused<VolumeFormatException>(whole[..^20], null);
        await AssertRefused<VolumeFormatException>(whole[..^1], null);
    }

    [Theory]
    [InlineData(VolumeFileType.Nifti)]
    [InlineData(VolumeFileType.Nrrd)]
    public async Task Read_StreamThatDoesNotKnowItsLength_NoticesTheEnd(VolumeFileType type)
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(9, 8, 7));
        var whole = await PatternVolume.WriteAsync(volume, type);
        var before = NativeMemoryUse.LiveBytes;

        await using var stream = new PrefixedStream(whole.AsMemory(0, whole.Length - 5), Stream.Null);
        var fault = await Assert.ThrowsAsync<VolumeFormatException>(() => VolumeReader.ReadAsync(stream, "case_1"));

        Assert.Contains("cut short", fault.Message, StringComparison.Ordinal);
        Assert.True(NativeMemoryUse.LiveBytes <= before + (1 << 20), "The voxels were not freed.");
    }

    [Theory]
    [InlineData(VolumeFileType.Nifti)]
    [InlineData(VolumeFileType.Nrrd)]
    [InlineData(VolumeFileType.SegNrrd)]
    public async Task Read_SomethingBehindTheVoxels_IsRefused(VolumeFileType type)
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(9, 8, 7));
        var whole = await PatternVolume.WriteAsync(volume, type);

        await AssertRefused<VolumeFormatException>([.. whole, 1, 2, 3], "goes on after the last voxel");
        using var padded = await PatternVolume.ReadAsync([.. whole, 0, 0, 0]);
        Assert.Equal(PatternVolume.Values(volume), PatternVolume.Values(padded.Volume));
    }

    [Fact]
    public async Task Read_DamagedGzipChecksum_IsRefused()
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(9, 8, 7));
        var whole = await PatternVolume.WriteAsync(volume, VolumeFileType.NiftiGzip);
        whole[^6] ^= 1;

        await AssertRefused<VolumeFormatException>(whole, "gzip");
    }

    [Fact]
    public async Task Read_SeveralGzipMembers_AreOneImage()
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(9, 8, 7));
        var plain = await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti);

        using var back = await PatternVolume.ReadAsync([.. Gzip(plain[..500]), .. Gzip(plain[500..])]);

        Assert.Equal(PatternVolume.Values(volume), PatternVolume.Values(back.Volume));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_HeaderThatClaimsFortyThousandCubed_IsRefusedAtOnce(bool packed)
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(4, 4, 4));
        var bytes = (await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti)).AsSpan(0, 400).ToArray();
        foreach (var axis in new[] { 1, 2, 3 })
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(40 + (axis * 2)), 32000);
        }

        await AssertRefused<VolumeTooLargeException>(packed ? Gzip(bytes) : bytes, "32000×32000×32000");
        await AssertRefused<VolumeTooLargeException>(
            Encoding.ASCII.GetBytes("NRRD0004\ntype: short\ndimension: 3\nsizes: 40000 40000 40000\nendian: little\nencoding: gzip\n\n"), "40000×40000×40000");
    }

    [Fact]
    public async Task Read_MoreThanTheFileCanHold_IsRefusedBeforeMemoryIsAskedFor()
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(4, 4, 4));
        var bytes = await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(42), 1000);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44), 1000);

        await AssertRefused<VolumeFormatException>(bytes, "at most 128 can follow");

        // Packed, 8 MB could hide in 8 kB but not in less than 400 bytes.
        await AssertRefused<VolumeFormatException>(Gzip(bytes), "can follow");
    }

    [Fact]
    public async Task Read_MoreThanTheLimit_IsRefused()
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(100, 100, 100));
        var bytes = await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti);
        var options = new VolumeReadOptions { MaxBytes = 1 << 20 };

        var fault = await Assert.ThrowsAsync<VolumeTooLargeException>(() => PatternVolume.ReadAsync(bytes, "case_1", options));

        Assert.Equal("The image 'case_1' says that it holds 100×100×100×1 samples, which need 2 MiB of memory; the limit is 1 MiB. Crop or resample it, or correct its header.", fault.Message);
    }

    [Fact]
    public async Task Read_LengthGivenByTheCaller_Counts()
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(40, 40, 40));
        var bytes = await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti);
        await using var stream = new PrefixedStream(bytes, Stream.Null);

        var fault = await Assert.ThrowsAsync<VolumeFormatException>(() => VolumeReader.ReadAsync(stream, "case_1", new VolumeReadOptions { StreamLength = 1000 }));

        Assert.Contains("at most", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Cancelled_FreesTheVoxels()
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(40, 40, 40));
        var bytes = await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti);
        var before = NativeMemoryUse.LiveBytes;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => VolumeReader.ReadAsync(new MemoryStream(bytes), "case_1", null, new CancellationToken(canceled: true)));

        Assert.True(NativeMemoryUse.LiveBytes <= before + (1 << 20), "The voxels were not freed.");
    }

    /// <summary>Thousands of small damages to valid files: whatever happens, it is an <see cref="ImagingException"/> or a volume that is not larger than the file allows.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Read_RandomlyDamagedFiles_EndsWellOrWithAnImagingException(int seed)
    {
        var random = new Random(seed);
        using var one = PatternVolume.Make(SampleType.Int16, new GridSize(5, 4, 3), 1, PatternVolume.Affines["rotated"]);
        using var two = PatternVolume.Make(SampleType.Float32, new GridSize(3, 4, 5), 2);
        var segments = new VolumeWriteOptions { Segments = [new Segment("s", "spleen", 1, 0) { Color = new(1, 0.5, 0.25) }] };
        byte[][] valid =
        [
            await PatternVolume.WriteAsync(one, VolumeFileType.Nifti),
            await PatternVolume.WriteAsync(two, VolumeFileType.NiftiGzip),
            await PatternVolume.WriteAsync(one, VolumeFileType.SegNrrd, segments),
            await PatternVolume.WriteAsync(two, VolumeFileType.Nrrd, new VolumeWriteOptions { Compress = true }),
            Encoding.ASCII.GetBytes("NRRD0005\ntype: float\ndimension: 3\nspace: RAS\nsizes: 3 2 1\nspacings: 1 2 3\nencoding: ascii\n\n1 2 3\n4 5 nan\n"),
            Encoding.ASCII.GetBytes("NRRD0001\ntype: uchar\ndimension: 4\nsizes: 2 2 1 2\nkinds: vector domain domain domain\nencoding: hex\nbyte skip: 0\n\n0001 0203 0405 06ff\n"),
        ];
        var before = NativeMemoryUse.LiveBytes;
        var (good, refused) = (0, 0);
        for (var round = 0; round < 4000; round++)
        {
            var bytes = Damage(valid[round % valid.Length], random);
            try
            {
                using var loaded = await PatternVolume.ReadAsync(bytes, "case_1", new VolumeReadOptions { MaxBytes = 1 << 24 });
                good++;
            }
            catch (ImagingException e)
            {
                Assert.Contains("'case_1", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(good > 100 && refused > 100, $"{good} read, {refused} refused: the damages are too strong or too weak to test anything.");
        Assert.True(NativeMemoryUse.LiveBytes <= before + (1 << 20), "Voxels were not freed.");
    }

    private static byte[] Damage(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            // Most damage goes to the header, where it does most.
            var at = random.Next(random.Next(4) == 0 ? bytes.Count : Math.Min(bytes.Count, 380));
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveAt(at); break;
                case 3: bytes.Insert(at, (byte)"0123456789-.,() \n:=e"[random.Next(20)]); break;
                case 4: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                default: bytes[at] = (byte)"0123456789-.,() \n:=e"[random.Next(20)]; break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static async Task AssertRefused<T>(byte[] bytes, string? expected)
        where T : ImagingException
    {
        var before = NativeMemoryUse.LiveBytes;
        var fault = await Assert.ThrowsAsync<T>(() => PatternVolume.ReadAsync(bytes));
        Assert.Contains("'case_1'", fault.Message, StringComparison.Ordinal);
        if (expected is not null)
        {
            Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        }

        Assert.True(NativeMemoryUse.LiveBytes <= before + (1 << 20), "The voxels were not freed.");

        // What only reads a file through says the same.
        using var stream = new MemoryStream(bytes);
        Assert.Equal(fault.Message, (await Assert.ThrowsAsync<T>(() => VolumeReader.CheckAsync(stream, "case_1"))).Message);
    }
}
