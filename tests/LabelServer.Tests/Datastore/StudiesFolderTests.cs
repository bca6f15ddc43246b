using LabelServer.Datastore;
using LabelServer.Datastore.Checks;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Datastore;

public sealed class StudiesFolderTests
{
    [Fact]
    public void FilesThatLieThere_AreFoundSortedWithTheirLabels()
    {
        using var test = new TestStore();
        foreach (var name in new[] { "b.nii.gz", "a.nrrd", "c.txt", ".hidden.nii.gz", "scan.v1.nii.gz" })
            test.WriteFile(NiftiBytes.Image(), name);
        test.WriteFile(NiftiBytes.Label(1), "labels", "final", "a.nii.gz");
        test.WriteFile(NiftiBytes.Label(1), "labels", "final", "b.seg.nrrd");
        test.WriteFile(NiftiBytes.Label(1), "labels", "final", "nobody.nii.gz");
        test.WriteFile(NiftiBytes.Label(1), "labels", "my tag", "a.nii.gz");

        Assert.Equal(["a", "b", "scan.v1"], test.Store.ImageIds());
        Assert.Equal(["final", "my tag"], test.Store.FindImage("a")!.Labels.Select(l => l.Tag));
        Assert.Equal(".seg.nrrd", test.Store.FindImage("b")!.FindLabel("final")!.Extension);
        Assert.Equal([KeyValuePair.Create("final", 2), KeyValuePair.Create("my tag", 1)], test.Store.Statistics.LabelTags);
        Assert.Equal("""{"ts":1700000000,"name":"b.nii.gz"}""", test.Store.FindImage("b")!.Info.ToString());
    }

    [Fact]
    public async Task FilesThatComeAndGo_ShowAfterARefresh()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x", info: """{"k":1}""");
        await test.SaveLabelAsync("x");
        test.WriteFile(NiftiBytes.Image(), "new.nii.gz");
        test.WriteFile(NiftiBytes.Image(), "labels", "final", "new.nii.gz");
        File.Delete(test.FileAt("labels", "final", "x.nii.gz"));
        test.Store.Refresh();
        Assert.Equal(["new", "x"], test.Store.ImageIds());
        Assert.Equal(["new"], test.Store.ImageIds(ImageSelection.Labeled));

        File.Delete(test.FileAt("new.nii.gz"));
        test.Store.Refresh();
        Assert.Equal(["x"], test.Store.ImageIds());
        Assert.Contains("\"k\":1", test.Store.FindImage("x")!.Info.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AFolderThatIsNotThereNow_TakesNothingAwayAndGetsNothing(bool emptyInItsPlace)
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        test.Store.Flush();
        Directory.Move(test.Path, test.Path + "-gone");
        if (emptyInItsPlace)
            Directory.CreateDirectory(test.Path);
        test.Store.Refresh();
        test.Store.Flush();
        Assert.Equal(["x"], test.Store.ImageIds());
        await Assert.ThrowsAsync<DatastoreUnavailableException>(() => test.AddImageAsync("y"));
        if (emptyInItsPlace)
        {
            Assert.Empty(Directory.GetFileSystemEntries(test.Path));
            Directory.Delete(test.Path);
        }

        Directory.Move(test.Path + "-gone", test.Path);
        await test.AddImageAsync("y");
        Assert.Equal(["x", "y"], test.Reopen().ImageIds());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FilesThatComeBack_BringTheirIdsAndNamesBack(bool restart)
    {
        using var test = new TestStore();
        await test.AddImageAsync("2: T1", info: """{"k":1}""");
        await test.SaveLabelAsync("2: T1", info: """{"label_info":[{"name":"spleen"},{"name":"liver"}]}""");
        var away = Directory.CreateDirectory(Path.Combine(test.Outside, "away")).FullName;
        var image = Directory.GetFiles(test.Path, "*.nii.gz").Single();
        var label = Directory.GetFiles(test.FileAt("labels", "final")).Single();
        File.Move(image, Path.Combine(away, "image"));
        File.Move(label, Path.Combine(away, "label"));
        test.Store.Refresh();
        Assert.Empty(test.Store.ImageIds());
        if (restart)
            test.Reopen();

        File.Move(Path.Combine(away, "image"), image);
        File.Move(Path.Combine(away, "label"), label);
        test.Store.Refresh();
        Assert.Equal(["2: T1"], test.Store.ImageIds());
        Assert.Contains("\"k\":1", test.Store.FindImage("2: T1")!.Info.ToString(), StringComparison.Ordinal);
        Assert.Equal("liver", test.Store.FindImage("2: T1")!.FindLabel("final")!.ValueNames()![2]);
    }

    [Fact]
    public async Task AFileReplacedByHand_LosesItsFormerChecksum()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        test.WriteFile(NiftiBytes.Label(3, 3, 3, 3), "x.nii.gz");
        test.Store.Refresh();
        Assert.Null(test.Store.FindImage("x")!.Info.GetText("checksum"));
    }

    [Fact]
    public async Task LinksToOutside_AreNotServedUnlessAllowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using var test = new TestStore();
        var secret = Path.Combine(test.Outside, "secret.nii.gz");
        File.WriteAllBytes(secret, NiftiBytes.Image());
        File.CreateSymbolicLink(test.FileAt("link.nii.gz"), secret);
        test.WriteFile(NiftiBytes.Image(), "real.nii.gz");
        File.CreateSymbolicLink(test.FileAt("inner.nii.gz"), test.FileAt("real.nii.gz"));
        Assert.Equal(["inner", "real"], test.Store.ImageIds());
        await Assert.ThrowsAsync<ImageNotFoundException>(() => test.ImageBytesAsync("link"));

        // An index that names it does not help either.
        File.Delete(test.FileAt("inner.nii.gz"));
        File.CreateSymbolicLink(test.FileAt("inner.nii.gz"), secret);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => test.ImageBytesAsync("inner"));

        test.Options.FollowOutsideLinks = true;
        Assert.Equal(["inner", "link", "real"], test.Reopen().ImageIds());
        Assert.Equal(NiftiBytes.Image(), await test.ImageBytesAsync("link"));
    }

    [Fact]
    public async Task ABackslashInAFoundName_IsALetterOnUnix()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A separator on Windows.");
        using var test = new TestStore();
        test.WriteFile(NiftiBytes.Image(), "a\\b.nii.gz");
        test.WriteFile(NiftiBytes.Image(), "b.nii.gz");
        await test.SaveLabelAsync("a\\b");
        Assert.Equal(["a\\b", "b"], test.Reopen().ImageIds());
        await test.Store.RemoveImageAsync("a\\b", default);
        Assert.Equal(["b.nii.gz"], Directory.GetFiles(test.Path, "*.nii.gz", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)!));
    }

    [Fact]
    public void ASecondServer_IsTurnedAway()
    {
        using var test = new TestStore();
        Assert.Empty(test.Store.ImageIds());
        var error = Assert.Throws<DatastoreUnavailableException>(() => LocalDatastore.Open(test.Options, new VolumeInspector(), test.Models, test.Time, NullLogger.Instance));
        Assert.Contains("in use by another LabelServer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheWatcher_NoticesDroppedAndRemovedFilesByItself()
    {
        await using var server = await StoreServer.StartAsync();
        await File.WriteAllBytesAsync(Path.Combine(server.Studies, "dropped.nii.gz"), NiftiBytes.Image());
        await Until(() => server.Store.FindImage("dropped") is not null);
        File.Delete(Path.Combine(server.Studies, "dropped.nii.gz"));
        await Until(() => server.Store.FindImage("dropped") is null);
    }

    [Fact]
    public async Task TheIndexFile_FollowsByItself()
    {
        await using var server = await StoreServer.StartAsync();
        await server.Client.PutAsync("/datastore/?image=x", StoreServer.File("file", NiftiBytes.Image(), "x.nii.gz"));
        var index = Path.Combine(server.Studies, "datastore_v2.json");
        await Until(() => File.Exists(index) && File.ReadAllText(index).Contains("\"x\"", StringComparison.Ordinal));
    }

    [Fact]
    public void AStartWithTenThousandIndexedImages_TakesLittleTime()
    {
        using var test = new TestStore();
        for (var i = 0; i < 10_000; i++)
            test.WriteFile([1], $"image_{i:D5}.nii.gz");
        Assert.Equal(10_000, test.Store.Statistics.Total);
        test.Store.Dispose();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(10_000, test.Reopen().Statistics.Total);
        TestContext.Current.TestOutputHelper?.WriteLine($"Opening a folder with 10 000 indexed images took {clock.ElapsedMilliseconds} ms.");
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(20, limit.Token);
    }
}
