using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd.Training;

/// <summary>A run that was interrupted gives the numbers of one that was not.</summary>
[Collection(TrainingCollection.Name)]
public sealed class InterruptionTests
{
    private const string Twin = "twin";
    private const int Epochs = 6;

    [Fact]
    public async Task WorkerKilled_TheRunGoesOnFromItsLastEpoch_WithTheSameNumbers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The worker is found by /proc.");
        await using var session = await TrainingSession.StartAsync(samples: 3, TrainingSession.Model, Twin);
        var expected = await UndisturbedAsync(session);
        var job = await session.TrainAsync(TrainingSession.Model, Epochs, split: 0);
        await using (var live = await LiveClient.ConnectAsync(session.Server.Address))
        {
            await live.UntilAsync(m => (string)m["job"]! == job && (int)m["epoch"]! >= 2);

            // The worker that infers was started before it.
            ChildProcesses.Of(session.Server.ProcessId).MaxBy(p => p.StartTime)!.Kill();
        }

        var ended = await session.EndedAsync();
        Assert.Equal("DONE", (string)ended["status"]!);
        Assert.Contains(ended["details"]!.AsArray(), line => ((string)line!).Contains("goes on from its last epoch", StringComparison.Ordinal));
        Assert.Equal(expected, await session.LossesAsync(job));
    }

    [Fact]
    public async Task ServerKilled_TheJobGoesOnAfterItsRestart_WithTheSameNumbers()
    {
        await using var session = await TrainingSession.StartAsync(samples: 3, TrainingSession.Model, Twin);
        var expected = await UndisturbedAsync(session);
        var job = await session.TrainAsync(TrainingSession.Model, Epochs, split: 0);
        await using (var live = await LiveClient.ConnectAsync(session.Server.Address))
            await live.UntilAsync(m => (string)m["job"]! == job && (int)m["epoch"]! >= 2);

        await session.RestartAfterKillAsync();
        var ended = await session.EndedAsync();
        Assert.Equal((job, "DONE"), ((string)ended["id"]!, (string)ended["status"]!));
        Assert.Contains(ended["details"]!.AsArray(), line => ((string)line!).Contains("after the server's restart", StringComparison.Ordinal));
        Assert.Equal(expected, await session.LossesAsync(job));
        Assert.Equal(Epochs, (int)(await session.StatisticsAsync())["epoch"]!);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(session.Server.Studies, ".labelserver", "training")));
    }

    /// <summary>The losses of the same training of the same model under another name.</summary>
    private static async Task<SortedDictionary<int, string>> UndisturbedAsync(TrainingSession session)
    {
        foreach (var scan in LabelledScan.MadeUp(5))
            await session.SubmitAsync(scan);
        var job = await session.TrainAsync(Twin, Epochs, split: 0);
        Assert.Equal("DONE", (string)(await session.EndedAsync())["status"]!);
        var losses = await session.LossesAsync(job);
        Assert.Equal(Enumerable.Range(1, Epochs), losses.Keys);
        Assert.Equal(Epochs, losses.Values.Distinct().Count());
        return losses;
    }
}
