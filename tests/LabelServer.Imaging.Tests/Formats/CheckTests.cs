using System.Text;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Formats;

/// <summary>Reading a file through without keeping its voxels.</summary>
public sealed class CheckTests
{
    [Theory]
    [InlineData(VolumeFileType.Nifti)]
    [InlineData(VolumeFileType.NiftiGzip)]
    [InlineData(VolumeFileType.Nrrd)]
    [InlineData(VolumeFileType.SegNrrd)]
    public async Task Check_WholeFile_GivesTheHeaderThatLoadingGives(VolumeFileType type)
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(9, 8, 7), channels: type == VolumeFileType.Nrrd ? 2 : 1, PatternVolume.Affines["rotated"]);
        var bytes = await PatternVolume.WriteAsync(volume, type);
        using var loaded = await PatternVolume.ReadAsync(bytes);

        var header = await VolumeReader.CheckAsync(new MemoryStream(bytes), "case_1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(loaded.Header.Grid, header.Grid);
        Assert.Equal((loaded.Header.Channels, loaded.Header.StoredType, loaded.Header.Format), (header.Channels, header.StoredType, header.Format));
    }

    [Theory]
    [InlineData("text", "1 2 3 4 5 6 7 8", true)]
    [InlineData("text", "1 2 3 4 5 6 7", false)]
    [InlineData("text", "1 2 3 4 5 6 7 x", false)]
    [InlineData("hex", "0001020304050607", true)]
    [InlineData("hex", "000102030405060", false)]
    public async Task Check_SamplesAsText_AreReadAsNumbers(string encoding, string samples, bool isWhole)
    {
        var bytes = Encoding.ASCII.GetBytes($"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: {encoding}\n\n{samples}");
        var check = VolumeReader.CheckAsync(new MemoryStream(bytes), "case_1", cancellationToken: TestContext.Current.CancellationToken);
        if (isWhole)
            Assert.Equal(new GridSize(2, 2, 2), (await check).Grid.Size);
        else
            await Assert.ThrowsAsync<VolumeFormatException>(() => check);
    }

    [Fact]
    public async Task Check_HeaderThatNamesAnotherFile_ReadsNoFile()
    {
        var bytes = Encoding.ASCII.GetBytes("NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\ndata file: /etc/passwd\n\n");
        var error = await Assert.ThrowsAsync<VolumeUnsupportedException>(() => VolumeReader.CheckAsync(new MemoryStream(bytes), "case_1", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("only a header", error.Message, StringComparison.Ordinal);
    }
}
