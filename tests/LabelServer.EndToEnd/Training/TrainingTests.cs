using System.Diagnostics;
using System.Net;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.Training;

/// <summary>A whole training as Slicer's panel drives it.</summary>
[Collection(TrainingCollection.Name)]
public sealed class TrainingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LabelTrainAndInfer_TheNextInferenceIsBetter_AndCanBeTakenBack(bool real)
    {
        var scans = real ? LabelledScan.Real(SharedFolders.RequireData("mr", "hippocampus"), 11) : LabelledScan.MadeUp(11);
        await using var session = await TrainingSession.StartAsync(samples: real ? 4 : 2);
        var server = session.Server;
        foreach (var scan in scans.Take(10))
            await session.SubmitAsync(scan);
        var unseen = scans[10];
        await server.AddImageAsync(unseen.Id, unseen.Image);
        var before = await session.InferAsync(unseen.Id);
        await using var live = await LiveClient.ConnectAsync(server.Address);

        var job = await session.TrainAsync(TrainingSession.Model, epochs: 12);
        await server.SendAsync(HttpMethod.Get, "/train/?check_if_running=true");
        await live.UntilEpochAsync(1);
        var during = await MeasureAsync(session, unseen.Id);
        var ended = await session.EndedAsync();

        Assert.Equal((job, "DONE"), ((string)ended["id"]!, (string)ended["status"]!));
        var stats = await session.StatisticsAsync();
        Assert.NotNull(stats["total_time"]);
        Assert.Equal(12, (int)stats["epoch"]!);
        Assert.Equal(8, (int)(await live.UntilAsync(m => (string)m["event"]! == "ended"))["training_images"]!);
        Assert.Superset(new HashSet<string> { "started", "batch", "epoch", "validation", "published", "ended" }, live.Events.ToHashSet());
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(session.ModelsFolder, TrainingSession.Model, "models", "events"), "events.out.tfevents.*", SearchOption.AllDirectories));
        Assert.Equal(12, (await session.LossesAsync(job)).Count);

        var after = await session.InferAsync(unseen.Id);
        var (diceBefore, diceAfter) = (await TrainingSession.DiceAsync(before, unseen.Label), await TrainingSession.DiceAsync(after, unseen.Label));
        TestContext.Current.TestOutputHelper!.WriteLine($"Dice {diceBefore:0.000} -> {diceAfter:0.000}; validation {(double)stats["best_metric"]!:0.000}; trained in {(string)stats["total_time"]!}. While it trained: {during}");

        // Twelve epochs of the smallest network find the made-up parts; of real ones they find the beginning.
        Assert.True(diceAfter > diceBefore + (real ? 0.1 : 0.2), $"Dice before {diceBefore}, after {diceAfter}");

        var (code, history) = await ServerProgram.RunAsync("models", "history", TrainingSession.Model, "--models_dir", session.ModelsFolder);
        Assert.Equal(0, code);
        Assert.Contains("mean Dice", history, StringComparison.Ordinal);
        (code, _) = await ServerProgram.RunAsync("models", "rollback", TrainingSession.Model, "0", "--models_dir", session.ModelsFolder);
        Assert.Equal(0, code);
        Assert.Equal(before, await session.InferAsync(unseen.Id));
    }

    [Fact]
    public async Task Delete_InTheMiddle_StopsAndMakesRoomForTheNext()
    {
        await using var session = await TrainingSession.StartAsync();
        foreach (var scan in LabelledScan.MadeUp(4))
            await session.SubmitAsync(scan);
        await using var live = await LiveClient.ConnectAsync(session.Server.Address);
        await session.TrainAsync(TrainingSession.Model, epochs: 100_000, split: 0);
        await live.UntilEpochAsync(2);
        Assert.NotNull((await session.StatisticsAsync())["current_time"]);

        var stopped = System.Text.Json.Nodes.JsonNode.Parse(await session.Server.SendAsync(HttpMethod.Delete, "/train/"))!;
        Assert.Equal("STOPPED", (string)stopped["status"]!);
        Assert.NotEmpty(stopped["details"]!.AsArray());
        await session.Server.SendAsync(HttpMethod.Get, "/train/?check_if_running=true", status: HttpStatusCode.NotFound);
        Assert.NotNull((await session.StatisticsAsync())["total_time"]);

        // The last epoch stays on disk; nothing was published, because nothing was validated and the end was not reached.
        var models = Path.Combine(session.ModelsFolder, TrainingSession.Model, "models");
        Assert.True(File.Exists(Path.Combine(models, "history", "model", "last.run")));
        await session.TrainAsync(TrainingSession.Model, epochs: 1, split: 0);
        Assert.Equal("DONE", (string)(await session.EndedAsync())["status"]!);
        Assert.False(File.Exists(Path.Combine(models, "history", "model", "last.run")));
        Assert.Equal("""["model.pt"]""", (await session.Server.GetJsonAsync("/info/"))["models"]![TrainingSession.Model]!["not_validated"]!.ToJsonString());
    }

    [Fact]
    public async Task HistoryThatCannotBeWritten_FailsPlainly_AndLeavesWhatIsServed()
    {
        await using var session = await TrainingSession.StartAsync();
        var scan = LabelledScan.MadeUp(1)[0];
        await session.SubmitAsync(scan);
        var models = Path.Combine(session.ModelsFolder, TrainingSession.Model, "models");
        var served = await File.ReadAllBytesAsync(Path.Combine(models, TrainableBundle.Weights), Token);
        await File.WriteAllTextAsync(Path.Combine(models, "history"), "in the way", Token);

        await session.TrainAsync(TrainingSession.Model, epochs: 1);
        var job = await session.EndedAsync();
        Assert.Equal("ERROR", (string)job["status"]!);
        Assert.Contains("What is served stays as it was", (string)job["details"]!.AsArray()[^1]!, StringComparison.Ordinal);
        Assert.Equal(served, await File.ReadAllBytesAsync(Path.Combine(models, TrainableBundle.Weights), Token));
        await session.InferAsync(scan.Id);
    }

    /// <summary>What an annotator asks while the model is trained; all of it is answered. The times are reported, not judged: other programs run on this machine too.</summary>
    private static async Task<string> MeasureAsync(TrainingSession session, string image)
    {
        var inference = await TimeAsync(() => session.InferAsync(image));
        List<double> info = [], running = [];
        for (var n = 0; n < 10; n++)
        {
            info.Add(await TimeAsync(() => session.Server.GetJsonAsync("/info/")));
            running.Add(await TimeAsync(() => session.Server.Client.GetAsync("/train/?check_if_running=true", Token)));
        }

        return $"inference {inference:0} ms; /info/ at most {info.Max():0.0} ms, median {info.Order().ElementAt(5):0.0} ms; check_if_running at most {running.Max():0.0} ms, median {running.Order().ElementAt(5):0.0} ms.";
    }

    private static async Task<double> TimeAsync<T>(Func<Task<T>> ask)
    {
        var since = Stopwatch.GetTimestamp();
        await ask();
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }
}
