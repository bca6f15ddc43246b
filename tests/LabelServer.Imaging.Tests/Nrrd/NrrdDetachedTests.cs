using System.IO.Compression;
using System.Text;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Tests.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Nrrd;

/// <summary>NRRD headers whose voxels are in a file of their own.</summary>
public sealed class NrrdDetachedTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("labelserver-nhdr-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("raw", false)]
    [InlineData("gzip", true)]
    public async Task Read_DataFileBesideTheHeader_IsFound(string encoding, bool packed)
    {
        WriteHeader("voxels of case 1.raw", encoding);
        File.WriteAllBytes(PathOf("voxels of case 1.raw"), packed ? Gzip([1, 2, 3, 4]) : [1, 2, 3, 4]);

        using var volume = await VolumeReader.ReadAsync(PathOf("case.nhdr"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3, 4], Assert.IsType<Volume<byte>>(volume).Samples.ToArray());
    }

    [Theory]
    [InlineData("../secret.raw")]
    [InlineData("..\\secret.raw")]
    [InlineData("sub/secret.raw")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\secret.raw")]
    [InlineData("..")]
    public async Task Read_DataFileElsewhere_IsRefused(string dataFile)
    {
        Directory.CreateDirectory(PathOf("sub"));
        File.WriteAllBytes(PathOf(Path.Combine("sub", "secret.raw")), [1, 2, 3, 4]);
        WriteHeader(dataFile, "raw");

        var fault = await Assert.ThrowsAsync<VolumeUnsupportedException>(() => VolumeReader.ReadAsync(PathOf("case.nhdr")));

        Assert.Contains("header's own folder", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_DataFileMissing_SaysWhich()
    {
        WriteHeader("gone.raw", "raw");

        var fault = await Assert.ThrowsAsync<VolumeFormatException>(() => VolumeReader.ReadAsync(PathOf("case.nhdr")));

        Assert.Contains("'gone.raw' is not beside it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_DetachedHeaderAsStream_SaysWhatToSend()
    {
        WriteHeader("voxels.raw", "raw");
        var bytes = await File.ReadAllBytesAsync(PathOf("case.nhdr"), TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAsync<VolumeUnsupportedException>(() => PatternVolume.ReadAsync(bytes));

        Assert.Contains("only a header", fault.Message, StringComparison.Ordinal);
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

    private void WriteHeader(string dataFile, string encoding) =>
        File.WriteAllText(PathOf("case.nhdr"), $"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 1 1\nencoding: {encoding}\ndata file: {dataFile}\n", Encoding.ASCII);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
