using System.IO.Compression;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Tests.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Nifti;

/// <summary>Headers and voxels in two files, as NIfTI pairs and Analyze have them.</summary>
public sealed class NiftiPairTests : IDisposable
{
    private static readonly short[] TwentyFour = [.. Enumerable.Range(0, 24).Select(n => (short)n)];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("labelserver-pairs-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(".hdr")]
    [InlineData(".img")]
    public async Task Read_EitherName_FindsTheOtherFile(string extension)
    {
        Write("case.hdr", Pair().Header());
        Write("case.img", Pair().Samples(TwentyFour));

        using var volume = await VolumeReader.ReadAsync(PathOf("case" + extension), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(TwentyFour, Assert.IsType<Volume<short>>(volume).Samples.ToArray());
    }

    [Fact]
    public async Task Read_PackedPair_IsUnpacked()
    {
        Write("case.hdr.gz", Gzip(Pair().Header()));
        Write("case.img.gz", Gzip(Pair().Samples(TwentyFour)));

        using var volume = await VolumeReader.ReadAsync(PathOf("case.img.gz"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(TwentyFour, Assert.IsType<Volume<short>>(volume).Samples.ToArray());
    }

    [Fact]
    public async Task Read_MissingVoxelsOrHeader_SaysWhichFileIsMissing()
    {
        Write("a.hdr", Pair().Header());
        Write("b.img", Pair().Samples(TwentyFour));

        var noVoxels = await Assert.ThrowsAsync<VolumeFormatException>(() => VolumeReader.ReadAsync(PathOf("a.hdr")));
        var noHeader = await Assert.ThrowsAsync<VolumeFormatException>(() => VolumeReader.ReadAsync(PathOf("b.img")));

        Assert.Contains("'a.img' is not beside it", noVoxels.Message, StringComparison.Ordinal);
        Assert.Contains("'b.hdr' is not beside it", noHeader.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.FullName, noVoxels.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_VoxelsCutShort_AreRefused()
    {
        Write("case.hdr", Pair().Header());
        Write("case.img", Pair().Samples(TwentyFour)[..^1]);

        await Assert.ThrowsAsync<VolumeFormatException>(() => VolumeReader.ReadAsync(PathOf("case.hdr")));
    }

    [Fact]
    public async Task Read_AnalyzeWithOrigin_RunsToTheLeftFromIt()
    {
        await AssertAnalyze([1, 2, 3, 0, 0], new(-2, 0, 0, 0, 0, 3, 0, -3, 0, 0, 4, -8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public async Task Read_AnalyzeWithoutUsableOrigin_IsCentred(short origin)
    {
        await AssertAnalyze([origin, origin, origin, 0, 0], new(-2, 0, 0, 1, 0, 3, 0, -3, 0, 0, 4, -6));
    }

    private static NiftiFile Pair() => new() { Magic = "ni1\0", VoxOffset = 0 };

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private async Task AssertAnalyze(short[] origin, Affine expected)
    {
        var file = new NiftiFile(bigEndian: true) { Origin = origin, VoxOffset = 0, PixDim = [0, 2, 3, 4, 0, 0, 0, 0] };
        Write("case.hdr", file.Header());
        Write("case.img", file.Samples(TwentyFour));

        using var loaded = await VolumeReader.LoadAsync(PathOf("case.hdr"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(VolumeFormat.Analyze, loaded.Header.Format);
        Assert.Equal(TwentyFour, Assert.IsType<Volume<short>>(loaded.Volume).Samples.ToArray());
        PatternVolume.AssertSame(expected, loaded.Volume.Grid.Affine);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(PathOf(name), bytes);
}
