using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

/// <summary>Labels of several images on their way to the disk at once.</summary>
public sealed class SharedJournalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhileTheJournalIsFlushed_OtherLabelsAreDecided_AndNoneIsAnsweredBeforeItsFlush()
    {
        using var disk = new GatedDisk();
        using var test = new TestStore { Disk = disk };
        string[] images = ["a", "b", "c", "d"];
        foreach (var image in images)
        {
            await test.AddImageAsync(image);
            await disk.Appended.WaitAsync(Cancel);
        }

        disk.Holds = true;
        var saves = images.Select(image => Task.Factory.StartNew(() => test.SaveLabelAsync(image), Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToArray();
        foreach (var _ in images)
            await disk.Appended.WaitAsync(Cancel);

        Assert.DoesNotContain(saves, s => s.IsCompleted);
        Assert.Equal(0, test.Store.Statistics.Completed);
        disk.Holds = false;
        await Task.WhenAll(saves);
        Assert.Equal(4, test.Store.Statistics.Completed);

        // What was answered is there again without the index, as after a kill.
        test.Abandon();
        Assert.Equal(4, test.Store.Statistics.Completed);
    }
}
