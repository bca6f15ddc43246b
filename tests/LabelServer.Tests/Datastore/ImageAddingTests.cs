using System.Security.Cryptography;
using LabelServer.Datastore;
using LabelServer.Imaging.Geometry;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

public sealed class ImageAddingTests
{
    [Fact]
    public async Task Info_HoldsWhatTheClientSaidTimeNameUserAndChecksum()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x", info: """{"patient":"p1"}""");
        var checksum = Convert.ToHexStringLower(SHA256.HashData(NiftiBytes.Image()));
        Assert.Equal($$"""{"patient":"p1","user":"admin","ts":1700000000,"name":"x.nii.gz","checksum":"SHA256:{{checksum}}"}""", test.Store.FindImage("x")!.Info.ToString());
        Assert.Equal("SHA256:" + checksum, await test.Store.ChecksumAsync("x", default));
    }

    [Fact]
    public async Task AddingAnIdAgain_ReplacesTheFileAndKeepsItsLabels()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x", info: """{"k":1}""");
        var other = NiftiBytes.Of(new byte[24], new GridSize(4, 3, 2), pack: false);
        await test.AddImageAsync("x", other, "y.nii");
        Assert.Equal(other, await test.ImageBytesAsync("x"));
        Assert.False(File.Exists(test.FileAt("x.nii.gz")));
        Assert.Contains("\"k\":1", test.Store.FindImage("x")!.FindLabel("final")!.Info.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, test.Reopen().Statistics.Completed);
    }

    [Fact]
    public async Task AChecksum_IsThatOfTheFileAsItIsNow()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var before = await test.Store.ChecksumAsync("x", default);
        test.WriteFile(NiftiBytes.Label(9, 9, 9), "x.nii.gz");
        var after = await test.Store.ChecksumAsync("x", default);
        Assert.NotEqual(before, after);
        Assert.Equal("SHA256:" + Convert.ToHexStringLower(SHA256.HashData(NiftiBytes.Label(9, 9, 9))), after);
        Assert.Equal(after, test.Store.FindImage("x")!.Info.GetText("checksum"));
    }

    public static TheoryData<string, byte[], string> Bad => new()
    {
        { "x.nii.gz", "junk"u8.ToArray(), "neither NIfTI nor NRRD" },
        { "x.nii.gz", [], "is empty" },
        { "x.nii.gz", NiftiBytes.Image()[..^12], "x" },
        { "x.nii", NiftiBytes.Of(new byte[24], new GridSize(4, 3, 2), pack: false)[..360], "cut short" },
        { "x.nii", HugeHeader(), "x" },
        { "x.nii", SingularHeader(), "x" },
        { "x.png", "junk"u8.ToArray(), "something else" },
        { "x.dcm", "junk"u8.ToArray(), "something else" },
        { "x.json", "{"u8.ToArray(), "is none" },
        { "x.mha", "junk"u8.ToArray(), "something else" },
        { "x.mhd", MetaImage("x.raw"), "its voxels are in 'x.raw'" },
        { "x.mha", MetaImage("/etc/passwd"), "its voxels are in '/etc/passwd'" },
        { "x.mhd", MetaImage("LIST\nslice1.raw"), "its voxels are in 'LIST'" },
        { "x.mha", "ObjectType = Image\nNDims = 3\nDimSize = 1 1 1\n"u8.ToArray(), "does not say where its voxels are" },
        { "x.mrxs", [0xFF, 0xD8, 0xFF, 0xE0, 1], "which this server cannot read" },
        { "x.zip", "PK"u8.ToArray(), "which this server cannot read" },
        { "x", "junk"u8.ToArray(), "has no extension" },
    };

    [Theory]
    [InlineData("x.mha", ".nii.gz")]
    [InlineData("x.nrrd", ".nii.gz")]
    [InlineData("x.nii", ".nii.gz")]
    [InlineData("x.NII.GZ", ".NII.GZ")]
    public async Task VolumeUnderTheExtensionOfAnotherFormat_IsStoredUnderItsOwn(string fileName, string expected)
    {
        using var test = new TestStore();
        await test.AddImageAsync(null, NiftiBytes.Image(), fileName);
        Assert.Equal(expected, test.Store.FindImage("x")!.Extension);
        await test.SaveLabelAsync("x", NiftiBytes.Label(1), fileName);
        Assert.Equal(expected, test.Store.FindImage("x")!.FindLabel("final")!.Extension);
    }

    [Theory]
    [InlineData("x.mha", "LOCAL")]
    [InlineData("x.mhd", "Local\r")]
    public async Task AMetaImageWithItsVoxels_IsTakenAsItIs(string fileName, string place)
    {
        using var test = new TestStore();
        await test.AddImageAsync("x", MetaImage(place), fileName);
        Assert.Equal(MetaImage(place), await test.ImageBytesAsync("x"));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task WhatIsNoImage_IsRefusedInWordsAndLeavesNothing(string fileName, byte[] bytes, string expected)
    {
        using var test = new TestStore();
        var error = await Assert.ThrowsAsync<UnreadableUploadException>(() => test.AddImageAsync("x", bytes, fileName));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, test.Store.Statistics.Total);
        Assert.Empty(Directory.GetFiles(test.FileAt(".labelserver", "incoming")));
        Assert.DoesNotContain(Directory.GetFiles(test.Path), f => Path.GetFileName(f).StartsWith('x'));
    }

    [Fact]
    public async Task RandomBytes_NeverBreakTheStore()
    {
        using var test = new TestStore();
        var random = new Random(7);
        var image = NiftiBytes.Of(new byte[24], new GridSize(4, 3, 2), pack: false);
        for (var round = 0; round < 300; round++)
        {
            var bytes = image.ToArray();
            for (var change = 0; change < 6; change++)
                bytes[random.Next(352)] = (byte)random.Next(256);
            try
            {
                await test.AddImageAsync("fuzz", bytes, "fuzz.nii");
            }
            catch (UnreadableUploadException)
            {
                // One of the two is right for changed headers; anything else fails this test.
            }
        }

        Assert.Empty(Directory.GetFiles(test.FileAt(".labelserver", "incoming")));
    }

    [Theory]
    [InlineData(".png", new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1 })]
    [InlineData(".jpg", new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 1 })]
    [InlineData(".tif", new byte[] { 0x49, 0x49, 0x2A, 0, 8 })]
    [InlineData(".svs", new byte[] { 0x49, 0x49, 0x2B, 0, 8 })]
    [InlineData(".xml", new byte[] { 0x20, 0x3C, 0x61, 0x2F, 0x3E })]
    public async Task PicturesAndSlides_AreTakenAsTheyAre(string extension, byte[] bytes)
    {
        using var test = new TestStore();
        await test.AddImageAsync("x", bytes, "x" + extension);
        Assert.Equal(bytes, await test.ImageBytesAsync("x"));
        Assert.Equal(["x"], test.Reopen().ImageIds());
    }

    [Fact]
    public async Task ADicomSliceSentAlong_IsKeptButNoCandidate()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.AddImageAsync("IM0001", [.. new byte[128], .. "DICM"u8, 2, 0, 0, 0], "IM0001.dcm");
        Assert.Equal(["x"], test.Store.ImageIds(ImageSelection.Unlabeled));
        Assert.Equal(2, test.Reopen().Statistics.Total);
        Assert.Equal(["x"], test.Store.ImageIds(ImageSelection.Unlabeled));
    }

    [Fact]
    public async Task Removing_TakesLabelsAndVersionsAlong_AtOnce()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x");
        await test.SaveLabelAsync("x", NiftiBytes.Label(3));
        await test.SaveLabelAsync("x", tag: "test");
        Assert.True(await test.Store.RemoveLabelAsync("x", "test", default));
        Assert.DoesNotContain(test.Store.Statistics.LabelTags, t => t.Key == "test");
        await test.Store.RemoveImageAsync("x", default);
        Assert.Equal(0, test.Store.Statistics.Total);
        Assert.Empty(Directory.GetFiles(test.Path, "*.nii.gz", SearchOption.AllDirectories));
        await Assert.ThrowsAsync<ImageNotFoundException>(() => test.Store.RemoveImageAsync("x", default));
        Assert.False(await test.Store.RemoveLabelAsync("x", "final", default));
    }

    [Fact]
    public async Task AReadOnlyStore_ShowsEverythingAndChangesNothing()
    {
        using var test = new TestStore(o => o.ReadOnly = true);
        test.WriteFile(NiftiBytes.Image(), "x.nii.gz");
        Assert.Equal(["x"], test.Store.ImageIds());
        await Assert.ThrowsAsync<ReadOnlyDatastoreException>(() => test.AddImageAsync("y"));
        await Assert.ThrowsAsync<ReadOnlyDatastoreException>(() => test.Store.RemoveImageAsync("x", default));
        Assert.StartsWith("SHA256:", await test.Store.ChecksumAsync("x", default), StringComparison.Ordinal);
        test.Store.Dispose();
        Assert.Equal(["x.nii.gz"], Directory.GetFileSystemEntries(test.Path).Select(f => Path.GetFileName(f)!));
    }

    [Fact]
    public async Task AClientCannotRenameAnImageByItsInfo()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x", info: """{"labelserver_id":"../y"}""");
        await test.Store.UpdateImageInfoAsync("x", InfoDocument.Parse("""{"labelserver_id":"z"}""", "test"), default);
        Assert.Equal(["x"], test.Reopen().ImageIds());
    }

    private static byte[] MetaImage(string place) => [.. System.Text.Encoding.ASCII.GetBytes($"ObjectType = Image\nNDims = 3\nDimSize = 1 1 1\nElementType = MET_UCHAR\nElementDataFile = {place}\n"), 7];

    private static byte[] HugeHeader()
    {
        var bytes = NiftiBytes.Of(new byte[24], new GridSize(4, 3, 2), pack: false);
        foreach (var at in new[] { 42, 44, 46 })
            BitConverter.TryWriteBytes(bytes.AsSpan(at), (short)32_000);
        return bytes;
    }

    private static byte[] SingularHeader()
    {
        var bytes = NiftiBytes.Of(new byte[24], new GridSize(4, 3, 2), pack: false);
        bytes.AsSpan(280, 48).Clear();
        return bytes;
    }
}
