using LabelServer.Datastore;
using LabelServer.Datastore.Names;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

public sealed class ImageIdTests
{
    public static TheoryData<string> HostileIds =>
    [
        "MR head 1", "2: T1", "a/b", "a\\b", "../out", "..", ".", "./x", "/etc/passwd", "C:\\temp\\x", "ü漢字", "e\u0301", "😀 scan", "CON", "con", "nul.txt", "COM1", "LPT9.x", "aux",
        "trailing.", "trailing ", " leading", ".hidden", "x.nii.gz", "scan.v1", "a*b?c|d", "quote\"quote", "per%20cent+plus&#", "<tag>", "~tilde", "final", "labels", "datastore_v2.json",
        ".labelserver", "x.nrrd.nrrd", "a.seg", "zero\u200bwidth", "\u202Ertl",
    ];

    [Theory]
    [MemberData(nameof(HostileIds))]
    public async Task AnyText_IsTakenGivenBackVerbatimAndFoundAgainAfterRestart(string id)
    {
        using var test = new TestStore();
        Assert.Equal(id, await test.AddImageAsync(id));
        await test.SaveLabelAsync(id);
        RequireEverythingInside(test);

        test.Reopen();
        Assert.Equal([id], test.Store.ImageIds());
        Assert.Equal(NiftiBytes.Image(), await test.ImageBytesAsync(id));
        Assert.Equal(NiftiBytes.Label(1, 2), await test.LabelBytesAsync(id));

        await test.Store.RemoveImageAsync(id, default);
        Assert.Empty(Directory.GetFiles(test.Path, "*.nii.gz", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task AnIdOf300Characters_IsTaken()
    {
        using var test = new TestStore();
        var id = string.Concat(Enumerable.Repeat("abc ü/", 50));
        Assert.Equal(300, id.Length);
        Assert.Equal(id, await test.AddImageAsync(id));
        Assert.Equal(id, Assert.Single(test.Reopen().ImageIds()));
    }

    [Fact]
    public async Task IdsThatDifferOnlyInCaseOrAccents_GetFilesThatDifferInMore()
    {
        using var test = new TestStore();
        string[] ids = ["Scan", "scan", "SCAN", "é", "e\u0301", "a/b", "a\\b", "a:b"];
        foreach (var id in ids)
            await test.AddImageAsync(id);

        var stems = Directory.GetFiles(test.Path, "*.nii.gz").Select(f => ImageIds.CollisionKey(Path.GetFileName(f))).ToList();
        Assert.Equal(ids.Length, stems.Distinct().Count());
        Assert.Equal(ids.Order(StringComparer.Ordinal), test.Reopen().ImageIds());
    }

    [Fact]
    public async Task TwoIdsAtTheSameTime_DoNotTakeTheSameFile()
    {
        using var test = new TestStore();
        var ids = Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? $"x{i / 2}" : $"X{i / 2}").ToList();
        await Task.WhenAll(ids.Select(id => test.AddImageAsync(id)));
        Assert.Equal(16, Directory.GetFiles(test.Path, "*.nii.gz").Select(f => f.ToUpperInvariant()).Distinct().Count());
        Assert.Equal(16, test.Store.Statistics.Total);
    }

    [Theory]
    [InlineData("a\0b", "U+0000")]
    [InlineData("a\nb", "U+000A")]
    [InlineData("\u007f", "U+007F")]
    [InlineData("a\u0085b", "U+0085")]
    public async Task ControlCharacters_AreRefusedByName(string id, string named)
    {
        using var test = new TestStore();
        var error = await Assert.ThrowsAsync<InvalidNameException>(() => test.AddImageAsync(id));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, test.Store.Statistics.Total);
    }

    [Fact]
    public async Task MoreThan1024Bytes_AreRefused()
    {
        using var test = new TestStore();
        Assert.Equal(new string('ü', 512), await test.AddImageAsync(new string('ü', 512)));
        await Assert.ThrowsAsync<InvalidNameException>(() => test.AddImageAsync(new string('ü', 512) + "x"));
    }

    [Fact]
    public async Task NoIdAndNoFileName_IsRefused()
    {
        using var test = new TestStore();
        var error = await Assert.ThrowsAsync<InvalidNameException>(() => test.AddImageAsync(null, fileName: ".nii.gz"));
        Assert.StartsWith("An image id must not be empty.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new1.nii.gz", "new1")]
    [InlineData("scan.v1.nii.gz", "scan.v1")]
    [InlineData("C:\\data\\win.nii.gz", "win")]
    [InlineData("/home/x/unix.nii.gz", "unix")]
    [InlineData("noext", "noext")]
    [InlineData("1.2.840.113619.2.55.nii.gz", "1.2.840.113619.2.55")]
    public async Task WithoutAnId_TheFileNameWithoutItsExtensionIsTheId(string fileName, string id)
    {
        using var test = new TestStore();
        Assert.Equal(id, await test.AddImageAsync(null, fileName: fileName));
        Assert.Equal([id], test.Reopen().ImageIds());
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("MR head 1")]
    [InlineData("ü漢字")]
    [InlineData("scan.v1")]
    public async Task ASafeId_IsTheFileNameAsInMonaiLabel(string id)
    {
        using var test = new TestStore();
        await test.AddImageAsync(id);
        Assert.True(File.Exists(test.FileAt(id + ".nii.gz")));
    }

    private static void RequireEverythingInside(TestStore test)
    {
        Assert.Equal([test.Path], Directory.GetFileSystemEntries(test.Outside));
        foreach (var file in Directory.GetFiles(test.Path, "*.nii.gz"))
            Assert.True(ImageIds.IsPortable(Path.GetFileName(file)[..^7]) || Path.GetFileName(file).Contains('~', StringComparison.Ordinal), file);
    }

    [Theory]
    [InlineData("2: CT 5.0", "2: CT 5.0.nii.gz")]
    [InlineData("CON", "CON.nii.gz")]
    [InlineData("a/b", null)]
    [InlineData("..\\b", null)]
    [InlineData("a\u202Eb", null)]
    public void DownloadName_IsTheIdUnlessItWouldLeadAClientElsewhere(string id, string? expected) => Assert.Equal(expected, ImageIds.DownloadName(id, ".nii.gz"));
}
