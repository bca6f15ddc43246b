using LabelServer.Datastore.Names;

namespace LabelServer.Tests.Datastore;

public sealed class FileExtensionTests
{
    [Theory]
    [InlineData("a.nii.gz", ".nii.gz")]
    [InlineData("a.b.NII.GZ", ".NII.GZ")]
    [InlineData("x.seg.nrrd", ".seg.nrrd")]
    [InlineData("1.2.3.nrrd", ".nrrd")]
    [InlineData("noext", "")]
    [InlineData(".hidden", "")]
    [InlineData("dot.", "")]
    [InlineData("a.tar.gz", ".gz")]
    public void Of_TakesTheEndOfTheNameOnly(string name, string extension) => Assert.Equal(extension, FileExtensions.Of(name));

    [Theory]
    [InlineData(".nii.gz", true)]
    [InlineData(".seg.nrrd", true)]
    [InlineData(".a b", false)]
    [InlineData("./x", false)]
    [InlineData(".é", false)]
    [InlineData(".a.b.c.d", false)]
    [InlineData(".toolongtoolong", false)]
    [InlineData(".x\n", false)]
    public void IsAcceptable_KnowsTheAlphabet(string extension, bool isAcceptable) => Assert.Equal(isAcceptable, FileExtensions.IsAcceptable(extension));

    [Theory]
    [InlineData("scan.v1.nii.gz", "scan.v1", ".nii.gz")]
    [InlineData("a.nii.gz.nii.gz", "a.nii.gz", ".nii.gz")]
    [InlineData("a.seg.nrrd", "a.seg", ".nrrd")]
    public void Patterns_SplitFoundFiles(string name, string stem, string extension)
    {
        Assert.True(new FilePatterns(LabelServer.Datastore.DatastoreOptions.DefaultFilePatterns).TrySplit(name, out var foundStem, out var foundExtension));
        Assert.Equal((stem, extension), (foundStem, foundExtension));
    }

    [Theory]
    [InlineData("a.dcm")]
    [InlineData(".nii.gz")]
    [InlineData(".a.nii.gz")]
    [InlineData("a.NII.GZ")]
    [InlineData("datastore_v2.json")]
    public void Patterns_LeaveOtherFilesAlone(string name) => Assert.False(new FilePatterns(LabelServer.Datastore.DatastoreOptions.DefaultFilePatterns).TrySplit(name, out _, out _));
}
