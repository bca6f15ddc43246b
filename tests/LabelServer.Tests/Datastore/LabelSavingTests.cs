using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;
using LabelServer.Imaging.Geometry;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

public sealed class LabelSavingTests
{
    private const string TwoNames = """{"label_info":[{"name":"spleen","idx":1},{"name":"liver","idx":2}],"model":"m","client_id":"user-xyz"}""";

    [Fact]
    public async Task TheBytes_AreStoredAsSent_WithInfoTimeAndName()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var label = await test.SaveLabelAsync("x", info: TwoNames);
        Assert.Equal(NiftiBytes.Label(1, 2), File.ReadAllBytes(test.FileAt("labels", "final", "x.nii.gz")));
        Assert.Equal(
            """{"label_info":[{"name":"spleen","idx":1},{"name":"liver","idx":2}],"model":"m","client_id":"user-xyz","ts":1700000000,"name":"x.nii.gz","label_values":{"1":"spleen","2":"liver"}}""",
            label.Info.Without(LabelStamp.Key).ToString());
    }

    [Fact]
    public async Task Names_FollowTheOrderWithoutBackgroundAndScribbles_NotIdx()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var label = await test.SaveLabelAsync("x", info: """
            {"label_info":[{"name":"background","idx":1},{"name":"spleen","idx":2},{"name":"background_scribbles","idx":3},{"name":"foreground_scribbles","idx":4},{"name":"liver","idx":5}]}
            """);
        Assert.Equal(new Dictionary<int, string> { [1] = "spleen", [2] = "liver" }, label.ValueNames()!);
        Assert.Equal(label.ValueNames(), test.Reopen().FindImage("x")!.FindLabel("final")!.ValueNames());
    }

    [Fact]
    public async Task WithoutLabelInfo_TheModelsLabelMapNamesTheValues()
    {
        using var test = new TestStore();
        test.Models["m"] = new Dictionary<int, string> { [1] = "spleen", [6] = "liver" };
        await test.AddImageAsync("x");
        Assert.Equal("liver", (await test.SaveLabelAsync("x", NiftiBytes.Label(1, 6), info: """{"model":"m","label_info":[]}""")).ValueNames()![6]);
        await Assert.ThrowsAsync<UnnamedLabelValueException>(() => test.SaveLabelAsync("x", NiftiBytes.Label(1, 2), info: """{"model":"m"}"""));
    }

    [Fact]
    public async Task APredictionsInfo_NamesItsValues()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var label = await test.SaveLabelAsync("x", tag: "original", info: """{"model":"unknown","params":{"label_names":{"background":0,"a":1,"b":2}}}""");
        Assert.Equal(new Dictionary<int, string> { [1] = "a", [2] = "b" }, label.ValueNames()!);
    }

    [Fact]
    public async Task WithoutAnyNames_ALabelIsStoredAndItsValuesHaveNone()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        Assert.Null((await test.SaveLabelAsync("x")).ValueNames());
    }

    [Fact]
    public async Task AValueWithoutName_IsRefusedByValue_AndTheFileIsKept()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x", info: TwoNames);
        var error = await Assert.ThrowsAsync<UnnamedLabelValueException>(() => test.SaveLabelAsync("x", NiftiBytes.Label(1, 7), info: TwoNames));
        Assert.Contains("holds the value 7, which has no name: the names are 1 'spleen', 2 'liver'", error.Message, StringComparison.Ordinal);

        var kept = error.Message.Split("kept on the server as ")[1].TrimEnd('.');
        Assert.StartsWith(".labelserver/refused/", kept, StringComparison.Ordinal);
        Assert.Equal(NiftiBytes.Label(1, 7), File.ReadAllBytes(test.FileAt(kept.Split('/'))));
        Assert.Equal(NiftiBytes.Label(1, 2), await test.LabelBytesAsync("x"));
    }

    [Fact]
    public async Task ALabelInfoWithoutNames_IsRefused()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await Assert.ThrowsAsync<InvalidInfoException>(() => test.SaveLabelAsync("x", info: """{"label_info":[{"idx":1}]}"""));
    }

    [Fact]
    public async Task AnotherGrid_IsRefusedWithBothGeometries_AndTheFileIsKept()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var other = NiftiBytes.Of(new byte[24], new GridSize(4, 3, 2), Affine.Scaling(2, 2, 2));
        var error = await Assert.ThrowsAsync<LabelGridException>(() => test.SaveLabelAsync("x", other));
        Assert.Contains("Image: 4×3×2 voxels, index to mm (RAS) [1 0 0 0; 0 1 0 0; 0 0 1 0]", error.Message, StringComparison.Ordinal);
        Assert.Contains("Label: 4×3×2 voxels, index to mm (RAS) [2 0 0 0; 0 2 0 0; 0 0 2 0]", error.Message, StringComparison.Ordinal);
        Assert.Contains(".labelserver/refused/", error.Message, StringComparison.Ordinal);
        Assert.Equal(other, File.ReadAllBytes(Assert.Single(Directory.GetFiles(test.FileAt(".labelserver", "refused"), "*.nii.gz"))));
        Assert.Empty(test.Store.FindImage("x")!.Labels);
    }

    [Fact]
    public async Task TheSameGridTurned_IsAccepted()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var turned = NiftiBytes.Of(new byte[24], new GridSize(2, 4, 3), new Affine(0, -1, 0, 3, 0, 0, 1, 0, 1, 0, 0, 0));
        await test.SaveLabelAsync("x", turned);
        Assert.Equal(turned, await test.LabelBytesAsync("x"));
    }

    [Theory]
    [InlineData("junk.nii.gz", "neither NIfTI nor NRRD")]
    [InlineData("junk.nrrd", "neither NIfTI nor NRRD")]
    [InlineData("junk.json", "is none")]
    [InlineData("junk.png", "cannot read as a label of a volume")]
    [InlineData("junk.mha", "cannot read as a label of a volume")]
    [InlineData("junk.svs", "cannot read as a label of a volume")]
    [InlineData("junk.xml", "something else")]
    [InlineData("junk.exe", "cannot read as a label of a volume")]
    public async Task Garbage_IsRefusedInWordsAndLeavesTheFormerLabel(string fileName, string expected)
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x");
        var error = await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", "junk"u8.ToArray(), fileName));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(NiftiBytes.Label(1, 2), await test.LabelBytesAsync("x"));
        Assert.Empty(Directory.GetFiles(test.FileAt(".labelserver", "incoming")));
    }

    [Fact]
    public async Task ALabelOfAPicture_MayBeAPictureWithExactValues()
    {
        using var test = new TestStore();
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1];
        await test.AddImageAsync("x", [0xFF, 0xD8, 0xFF, 0xE0, 1], "x.jpg");
        await test.SaveLabelAsync("x", png, "l.png");
        Assert.Equal(png, await test.LabelBytesAsync("x"));
        await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", [0xFF, 0xD8, 0xFF, 0xE0, 1], "l.jpg"));
    }

    [Fact]
    public async Task ARefusedLabel_IsNamedWithItsTagAndImage()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var cut = await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", NiftiBytes.Label(1, 2)[..^20]));
        Assert.StartsWith("The label 'final' of the image 'x' is ", cut.Message, StringComparison.Ordinal);
        var halves = NiftiBytes.OfFloats([.. Enumerable.Range(0, 24).Select(i => i * 0.5f)], new GridSize(4, 3, 2));
        var real = await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", halves, "l.nii"));
        Assert.StartsWith("The label 'final' of the image 'x' holds the value 0.5;", real.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATruncatedOrEmptyLabel_IsRefused()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", NiftiBytes.Label(1, 2)[..^20]));
        await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", []));
        await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", NiftiBytes.OfFloats([.. Enumerable.Range(0, 24).Select(i => i * 0.5f)], new GridSize(4, 3, 2)), "l.nii"));
    }

    [Fact]
    public async Task AnUnknownImage_IsNotFound()
    {
        using var test = new TestStore();
        var error = await Assert.ThrowsAsync<ImageNotFoundException>(() => test.SaveLabelAsync("nosuch"));
        Assert.Contains("'nosuch'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherExtension_ReplacesTheFormerFile()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x");
        var raw = NiftiBytes.Of(new byte[24], new GridSize(4, 3, 2), pack: false);
        await test.SaveLabelAsync("x", raw, "l.nii");
        Assert.Equal(["x.nii"], Directory.GetFiles(test.FileAt("labels", "final")).Select(f => Path.GetFileName(f)!));
        Assert.Equal(raw, await test.LabelBytesAsync("x"));
        await test.Store.RemoveImageAsync("x", default);
        Assert.Empty(Directory.GetFiles(test.FileAt("labels"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task PreviousVersions_AreKeptWithTheirInfo()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x", NiftiBytes.Label(1), info: """{"comment":"first"}""");
        await test.SaveLabelAsync("x", NiftiBytes.Label(1, 1), info: """{"comment":"second"}""");
        await test.Store.RemoveLabelAsync("x", "final", default);

        var kept = Directory.GetFiles(test.FileAt(".labelserver", "versions", "final", "x"), "*.nii.gz").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(2, kept.Count);
        Assert.Equal([NiftiBytes.Label(1), NiftiBytes.Label(1, 1)], kept.Select(File.ReadAllBytes).OrderBy(b => b.Count(v => v == 1)));
        var comments = kept.Select(f => (string?)JsonNode.Parse(File.ReadAllText(f + ".info.json"))!["comment"]).Order();
        Assert.Equal(["first", "second"], comments);
    }

    [Fact]
    public async Task SegNrrd_StaysSegNrrdAndSpeaksForItsOwnNames()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var label = await test.SaveLabelAsync("x", SegNrrd(3, "tumour"), "x.seg.nrrd", info: TwoNames);
        Assert.Equal(".seg.nrrd", label.Extension);
        Assert.True(File.Exists(test.FileAt("labels", "final", "x.seg.nrrd")));
        Assert.Equal(new Dictionary<int, string> { [3] = "tumour" }, label.ValueNames()!);
        Assert.Equal(".seg.nrrd", (string?)IndexOnDisk(test)["objects"]!["x"]!["labels"]!["final"]!["ext"]);
    }

    [Fact]
    public async Task RawVoxels_BecomeNiftiOnTheImagesGrid()
    {
        using var test = new TestStore();
        var place = new Affine(-2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 4, 30);
        await test.AddImageAsync("x", NiftiBytes.Image(place));
        byte[] voxels = [.. Enumerable.Range(0, 24).Select(i => (byte)(i % 3))];
        var label = await test.SaveLabelAsync("x", voxels, "label.bin");
        Assert.Equal(".nii.gz", label.Extension);
        using var volume = (LabelServer.Imaging.Volumes.Volume<byte>)await LabelServer.Imaging.Formats.VolumeReader.ReadAsync(new MemoryStream(await test.LabelBytesAsync("x")), "x");
        Assert.Equal(voxels, volume.Samples.ToArray());
        Assert.Equal(place, volume.Grid.Affine);
        var error = await Assert.ThrowsAsync<UnreadableUploadException>(() => test.SaveLabelAsync("x", new byte[23], "label.bin"));
        Assert.Contains("4×3×2 = 24 voxels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markups_AreTakenAsJson()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var label = await test.SaveLabelAsync("x", "{\"markups\":[]}"u8.ToArray(), "boxes.json", info: """{"label_info":[]}""");
        Assert.Equal(".json", label.Extension);
        Assert.Equal("{\"markups\":[]}"u8.ToArray(), await test.LabelBytesAsync("x"));
    }

    [Fact]
    public async Task RefusedFiles_AreBoundedInNumberAndBytes()
    {
        using var test = new TestStore(o => o.RefusedFileLimit = 3);
        await test.AddImageAsync("x");
        for (var i = 0; i < 6; i++)
        {
            test.Time.Advance(1);
            await Assert.ThrowsAsync<UnnamedLabelValueException>(() => test.SaveLabelAsync("x", NiftiBytes.Label((byte)(10 + i)), info: TwoNames));
        }

        var kept = Directory.GetFiles(test.FileAt(".labelserver", "refused"), "*.nii.gz").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        Assert.Equal([NiftiBytes.Label(13), NiftiBytes.Label(14), NiftiBytes.Label(15)], kept);
        Assert.Equal(3, Directory.GetFiles(test.FileAt(".labelserver", "refused"), "*.reason.txt").Length);
    }

    [Fact]
    public async Task ManyWritersOfOneLabel_TakeTurnsAndReadersSeeWholeFiles()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x", NiftiBytes.Label(1));
        var labels = Enumerable.Range(1, 12).Select(i => NiftiBytes.Label([.. Enumerable.Repeat((byte)1, i)])).ToList();
        var writing = Task.WhenAll(labels.Select(l => test.SaveLabelAsync("x", l)));
        while (!writing.IsCompleted)
        {
            var seen = await test.LabelBytesAsync("x");
            Assert.Contains(labels.Append(NiftiBytes.Label(1)), l => l.SequenceEqual(seen));
            await Task.Yield();
        }

        await writing;
        Assert.Equal(13, Directory.GetFiles(test.FileAt(".labelserver", "versions", "final", "x"), "*.nii.gz").Length + 1);
    }

    private static JsonNode IndexOnDisk(TestStore test)
    {
        test.Store.Flush();
        return JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json")))!;
    }

    private static byte[] SegNrrd(byte value, string name)
    {
        var header = $"NRRD0004\ntype: unsigned char\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\nspace directions: (-1,0,0) (0,-1,0) (0,0,1)\nkinds: domain domain domain\nencoding: raw\n" +
            $"space origin: (0,0,0)\nSegment0_ID:=Segment_1\nSegment0_Name:={name}\nSegment0_LabelValue:={value}\nSegment0_Layer:=0\n\n";
        var samples = new byte[24];
        samples[5] = value;
        return [.. System.Text.Encoding.ASCII.GetBytes(header), .. samples];
    }
}
