using LabelServer.CommandLine;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.CommandLine;

public sealed class ImageFilesTests
{
    [Theory]
    [InlineData("scan.hdr", "scan.img", "scan.hdr")]
    [InlineData("scan.hdr", "scan.img", "scan.img")]
    [InlineData("scan.hdr.gz", "scan.img.gz", "scan.img.gz")]
    public void PartsOf_Pair_IsHeaderThenVoxelsWhicheverIsNamed(string header, string voxels, string named)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, header), "h");
        File.WriteAllText(Path.Combine(folder.Path, voxels), "v");

        Assert.Equal([header, voxels], ImageFiles.PartsOf(Path.Combine(folder.Path, named)).Select(p => p.Name));
    }

    [Fact]
    public void PartsOf_OneFile_IsItself()
    {
        Assert.Equal(["scan.nii.gz"], ImageFiles.PartsOf("/data/scan.nii.gz").Select(p => p.Name));
    }
}
