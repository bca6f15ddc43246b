using LabelServer.Datastore;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

/// <summary>The process "dies" at every step on disk; then the store is opened again.</summary>
public sealed class CrashTests
{
    private const string Former = """{"label_info":[{"name":"former","idx":1}]}""";
    private const string New = """{"label_info":[{"name":"new","idx":1},{"name":"other","idx":2}]}""";

    public static TheoryData<string> Extensions => ["x.nii.gz", "x.nii"];

    [Theory]
    [MemberData(nameof(Extensions))]
    public async Task ALabel_IsTheFormerOrTheNewOneAsAWhole_AndTheNewOneOnceAnswered(string fileName)
    {
        var bytes = fileName.EndsWith(".gz", StringComparison.Ordinal) ? NiftiBytes.Label(1, 2) : NiftiBytes.Of([1, 2, .. new byte[22]], new(4, 3, 2), pack: false);
        int formers = 0, news = 0;
        for (var stopAt = 0; ; stopAt++)
        {
            using var test = new TestStore();
            await test.AddImageAsync("x");
            await test.SaveLabelAsync("x", NiftiBytes.Label(1), info: Former);
            var disk = new StoppingDisk(stopAt);
            var acknowledged = await CrashAsync(test, disk, () => test.SaveLabelAsync("x", bytes, fileName, info: New));

            var label = test.Store.FindImage("x")!.FindLabel("final")!;
            var stored = await test.LabelBytesAsync("x");
            if (stored.SequenceEqual(bytes))
            {
                news++;
                Assert.Equal("other", label.ValueNames()![2]);
            }
            else
            {
                formers++;
                Assert.False(acknowledged, $"The label was answered for and is lost (step {stopAt} of {string.Join(", ", disk.Names)}).");
                Assert.Equal(NiftiBytes.Label(1), stored);
                Assert.Equal("former", label.ValueNames()![1]);
            }

            Assert.Single(Directory.GetFiles(test.FileAt("labels", "final")));
            Assert.Empty(Directory.GetFiles(test.FileAt(".labelserver", "incoming")));
            Assert.Equal(label.Info.ToString(), test.Reopen().FindImage("x")!.FindLabel("final")!.Info.ToString());
            if (acknowledged)
                break;
        }

        Assert.True(formers >= 5 && news >= 3, $"{formers} times the former label, {news} times the new one: the steps were not all tried.");
    }

    [Fact]
    public async Task AnImage_IsAddedAsAWholeOrNotAtAll()
    {
        var acknowledged = false;
        for (var stopAt = 0; !acknowledged; stopAt++)
        {
            using var test = new TestStore();
            acknowledged = await CrashAsync(test, new StoppingDisk(stopAt), () => test.AddImageAsync("2: T1", info: """{"k":1}"""));
            if (test.Store.FindImage("2: T1") is { } image)
            {
                Assert.Equal(NiftiBytes.Image(), await test.ImageBytesAsync("2: T1"));
                Assert.Contains("\"k\":1", image.Info.ToString(), StringComparison.Ordinal);
            }
            else
            {
                Assert.False(acknowledged);
                Assert.Equal(0, test.Store.Statistics.Total);
                Assert.Empty(Directory.GetFiles(test.Path, "*.nii.gz"));
            }
        }
    }

    [Fact]
    public async Task ARemoval_IsDoneAsAWholeOrNotAtAll()
    {
        var acknowledged = false;
        for (var stopAt = 0; !acknowledged; stopAt++)
        {
            using var test = new TestStore();
            await test.AddImageAsync("x");
            await test.SaveLabelAsync("x");
            await test.SaveLabelAsync("x", tag: "test");
            acknowledged = await CrashAsync(test, new StoppingDisk(stopAt), () => test.Store.RemoveImageAsync("x", default));
            if (test.Store.FindImage("x") is { } image)
            {
                Assert.False(acknowledged);
                Assert.Equal(["final", "test"], image.Labels.Select(l => l.Tag));
            }
            else
            {
                Assert.Empty(Directory.GetFiles(test.Path, "*.nii.gz", SearchOption.AllDirectories));
            }
        }
    }

    [Theory]
    [InlineData(28)]
    public async Task AFullDisk_AtEveryStep_IsReportedAndChangesNothing(int noSpace)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The error number is that of Unix.");
        for (var failAt = 0; ; failAt++)
        {
            using var test = new TestStore();
            var disk = new StoppingDisk(failAt) { Failure = () => new IOException("No space left on device", noSpace) };
            test.Disk = disk;
            await test.AddImageAsync("x");
            await test.SaveLabelAsync("x", NiftiBytes.Label(1), info: Former);
            disk.Arm();
            try
            {
                await test.SaveLabelAsync("x", info: New);
                break;
            }
            catch (StorageFullException error)
            {
                disk.Disarm();
                Assert.Contains("Make room on the server", error.Message, StringComparison.Ordinal);
            }

            await RequireWholeAsync(test);
            test.Disk = null;
            test.Reopen();
            await RequireWholeAsync(test);
            await test.SaveLabelAsync("x", info: New);
            Assert.Equal(NiftiBytes.Label(1, 2), await test.LabelBytesAsync("x"));
        }
    }

    [Fact]
    public async Task AJournalThatWasCutOff_LosesOnlyTheLineThatWasNotAnswered()
    {
        using var test = new TestStore();
        await test.AddImageAsync("a");
        await test.AddImageAsync("b");
        test.Store.Dispose();
        var journal = test.FileAt(".labelserver", "journal");
        File.Delete(test.FileAt("datastore_v2.json"));
        using (var file = File.OpenWrite(journal))
            file.SetLength(file.Length - 3);
        File.Delete(test.FileAt("b.nii.gz"));
        Assert.Equal(["a"], test.Reopen().ImageIds());
        await test.AddImageAsync("c");
        Assert.Equal(["a", "c"], test.Reopen().ImageIds());
    }

    [Fact]
    public async Task ADamagedLineOfTheJournal_DoesNotHideTheOthers()
    {
        using var test = new TestStore();
        await test.AddImageAsync("a", info: """{"k":1}""");
        await test.AddImageAsync("b", info: """{"k":2}""");
        await test.AddImageAsync("c", info: """{"k":3}""");
        test.Store.Dispose();
        File.Delete(test.FileAt("datastore_v2.json"));
        var journal = File.ReadAllText(test.FileAt(".labelserver", "journal"));
        File.WriteAllText(test.FileAt(".labelserver", "journal"), journal.Replace("\"k\":2", "\"k\":7", StringComparison.Ordinal));
        Assert.Equal(["a", "b", "c"], test.Reopen().ImageIds());
        Assert.DoesNotContain("\"k\":7", test.Store.FindImage("b")!.Info.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"k\":3", test.Store.FindImage("c")!.Info.ToString(), StringComparison.Ordinal);
    }

    // After a failure the label is one of the two as a whole; the last steps come after the decision.
    private static async Task RequireWholeAsync(TestStore test)
    {
        var stored = await test.LabelBytesAsync("x");
        var names = test.Store.FindImage("x")!.FindLabel("final")!.ValueNames()!;
        Assert.Equal(stored.SequenceEqual(NiftiBytes.Label(1)) ? "former" : "new", names[1]);
    }

    /// <summary>Runs an action on a disk that stops, leaves the store as a killed process does, and lets the test open it anew.</summary>
    private static async Task<bool> CrashAsync(TestStore test, StoppingDisk disk, Func<Task> action)
    {
        test.Disk = disk;
        test.Reopen();
        disk.Arm();
        var acknowledged = true;
        try
        {
            await action();
        }
        catch (StoppingDisk.ProcessDeath)
        {
            acknowledged = false;
        }

        // Disposing would write the index; a killed process does not.
        test.Abandon();
        test.Disk = null;
        return acknowledged;
    }
}
