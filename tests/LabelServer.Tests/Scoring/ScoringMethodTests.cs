using System.Text.Json.Nodes;
using LabelServer.ActiveLearning.Hardest;
using LabelServer.Datastore;
using LabelServer.Errors;
using LabelServer.Inference;
using LabelServer.Jobs;
using LabelServer.Proposals;
using LabelServer.Scoring;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.Scoring;

public sealed class ScoringMethodTests
{
    [Fact]
    public async Task Dice_CountsEachStructure_AndOneUnreadableLabelDoesNotStopTheOthers()
    {
        await using var server = await StartAsync("a", "b", "c");
        foreach (var id in new[] { "a", "b" })
        {
            await SaveAsync(server, id, "final", [1, 1, 2, 2]);
            await SaveAsync(server, id, "original", [1, 1, 2, 0]);
        }

        File.WriteAllText(Path.Combine(server.Studies, "labels", "final", "a.nii.gz"), "broken");
        var (result, lines) = await RunAsync(server, "dice");
        Assert.Equal("""{"b":0.8333333333333333}""", result!.ToJsonString());
        Assert.Contains(lines, l => l.Contains("a: not scored", StringComparison.Ordinal));
        Assert.Equal("""{"s1":1,"s2":0.666667}""", server.Store.FindImage("b")!.Info.Members.Single(m => m.Key == "dice_labels").Value.GetRawText());
        Assert.Equal(0.8333, server.Store.FindImage("b")!.Info.Members.Single(m => m.Key == "dice").Value.GetDouble(), 1e-4);
    }

    [Fact]
    public async Task Dice_TakesNamesInUpperAndLowerCaseAsTheSame()
    {
        await using var server = await StartAsync("a");
        await SaveAsync(server, "a", "final", [1, 1, 2, 2]);
        await SaveAsync(server, "a", "original", [1, 1, 2, 0], """{"label_info":[{"name":"S1"},{"name":"S2"}]}""");
        var (result, _) = await RunAsync(server, "dice");
        Assert.Equal("""{"a":0.8333333333333333}""", result!.ToJsonString());
        Assert.Equal("""{"s1":1,"s2":0.666667}""", server.Store.FindImage("a")!.Info.Members.Single(m => m.Key == "dice_labels").Value.GetRawText());
    }

    [Fact]
    public async Task Sum_IsKeptWithEachLabel()
    {
        await using var server = await StartAsync("a");
        await SaveAsync(server, "a", "final", [1, 1, 2, 2]);
        await SaveAsync(server, "a", "original", [1, 0, 0, 0]);
        var (result, _) = await RunAsync(server, "sum");
        Assert.Equal("""{"a":{"sum":1,"slices":1,"tags":{"final":{"sum":6,"slices":4},"original":{"sum":1,"slices":1}}}}""", result!.ToJsonString());
        var info = server.Store.FindImage("a")!.FindLabel("final")!.Info.Members.ToDictionary(m => m.Key, m => m.Value.GetRawText());
        Assert.Equal(("6", "4"), (info["sum"], info["slices"]));
    }

    [Fact]
    public async Task AnUnknownMethod_NamesThoseThatThereAre()
    {
        await using var server = await StartAsync("a");
        var (status, answer) = await server.SendAsync(HttpMethod.Post, "/scoring/nosuch");
        Assert.Equal(404, status);
        Assert.Contains("dice, sum", (string)answer!["detail"]!, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => RunAsync(server, "nosuch"));
    }

    [Fact]
    public async Task Hardest_PredictsForImagesWithAProposal_WhenEnoughWereCorrected()
    {
        var ids = Enumerable.Range(0, 9).Select(i => $"i{i}").ToArray();
        await using var server = await StartAsync(ids);
        var proposals = server.Services.GetRequiredService<ProposalStore>();
        for (var i = 0; i < ids.Length; i++)
        {
            // The more voxels the proposal has, the more of them are wrong.
            var proposed = Enumerable.Range(0, 24).Select(v => (byte)(v < 4 + (2 * i) ? 1 : 0)).ToArray();
            // A client may spell a structure otherwise than the model does.
            await using var answer = new InferenceAnswer(
                new InferenceSummary { LabelNames = new OrderedDictionary<string, int> { ["S1"] = 1 }, Latencies = new LatencySummary() }, new MemoryStream(NiftiBytes.Label(proposed)), ".nii.gz");
            await proposals.KeepAsync(ids[i], "m", ["weights"], answer, TestContext.Current.CancellationToken);
            if (i is not (1 or 7))
                await SaveAsync(server, ids[i], "final", [1, 1, 1, 1]);
        }

        var (result, _) = await RunAsync(server, "hardest");
        Assert.Equal((7, 2, "m"), ((int)result!["examples"]!, (int)result["predicted"]!, (string)result["model"]!));
        Assert.True((double)result["rank_correlation"]! > 0.8);
        double Predicted(string id) => server.Store.FindImage(id)!.Info.Members.Single(m => m.Key == HardestStrategy.PredictionKey).Value.GetDouble();
        Assert.True(Predicted("i7") < Predicted("i1"));
        var (_, next) = await server.SendAsync(HttpMethod.Post, "/activelearning/hardest");
        Assert.Equal("i7", (string)next!["id"]!);

        await server.SendAsync(HttpMethod.Delete, "/datastore/image?id=i7");
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(server.Studies, ".labelserver", "proposals"), "*", SearchOption.AllDirectories), f => Path.GetFileName(f).StartsWith("i7.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hardest_KnowsTheVolumesOfLabelsWithoutAProposal()
    {
        await using var server = await StartAsync("both", "label", "proposal", "unnamed", "nothing");
        var proposals = server.Services.GetRequiredService<ProposalStore>();
        foreach (var id in new[] { "both", "proposal" })
            await ProposeAsync(proposals, id, [1, 1, 1, 0]);
        foreach (var id in new[] { "both", "label" })
            await SaveAsync(server, id, "final", [1, 1, 2, 0], """{"label_info":[{"name":"S1"},{"name":"other"}]}""");
        await SaveAsync(server, "unnamed", "final", [1, 1, 2, 0], "{}");
        await proposals.KeepAsync("label", "m", flips: true, new ImageUncertainty { Entropy = 0.25, Features = [1], Weights = "w" }, TestContext.Current.CancellationToken);

        var facts = (await server.Services.GetRequiredService<FactCollector>().CollectAsync("m", TestContext.Current.CancellationToken)).ToDictionary(f => f.ImageId);

        // A voxel is 1 mm³ large.
        Assert.Equal(["both", "label", "proposal", "unnamed"], facts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0.8, facts["both"].Dice!.Value, 1e-12);
        Assert.Equal(["s1"], facts["both"].Proposed!.Keys);
        foreach (var id in new[] { "both", "label" })
            Assert.Equal((2, 1), (facts[id].Corrected!["s1"], facts[id].Corrected!["other"]));
        Assert.Null(facts["label"].Proposed);
        Assert.Null(facts["label"].Dice);
        Assert.Null(facts["label"].Dropout);
        Assert.Equal(0.25, facts["label"].Mirrored!.Entropy);
        Assert.Equal((3, "weights"), (facts["proposal"].Proposed!["s1"], Assert.Single(facts["proposal"].Weights)));
        Assert.Null(facts["proposal"].Corrected);
        Assert.Empty(facts["unnamed"].Corrected!);
    }

    [Fact]
    public async Task Hardest_IsStale_AfterAnythingThatItLooksAt()
    {
        await using var server = await StartAsync("a", "b");
        var proposals = server.Services.GetRequiredService<ProposalStore>();
        var scoring = server.Services.GetServices<IScoringMethod>().OfType<HardestScoring>().Single();
        var measured = new ImageUncertainty { Entropy = 0.25, Features = [], Weights = "w" };
        await ExpectStaleAsync(() => Task.CompletedTask);
        await ExpectStaleAsync(() => ProposeAsync(proposals, "a", [1, 1, 0, 0]));
        await ExpectStaleAsync(() => SaveAsync(server, "a", "final", [1, 1, 2, 0]));
        await ExpectStaleAsync(() => SaveAsync(server, "a", "final", [1, 1, 2, 2]));
        await ExpectStaleAsync(() => proposals.KeepAsync("b", "m", flips: false, measured, TestContext.Current.CancellationToken));
        await ExpectStaleAsync(() => server.SendAsync(HttpMethod.Delete, "/datastore/image?id=b"));

        async Task ExpectStaleAsync(Func<Task> change)
        {
            await change();
            Assert.True(scoring.IsStale);
            await RunAsync(server, "hardest");
            Assert.False(scoring.IsStale);
        }
    }

    [Fact]
    public async Task Proposals_StayWithinTheirRoom()
    {
        await using var server = await StartAsync("a", "b");
        var store = new ProposalStore(server.Store, new ProposalSettings(100), server.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<ProposalStore>.Instance);
        foreach (var id in new[] { "a", "b" })
        {
            await using var answer = new InferenceAnswer(
                new InferenceSummary { LabelNames = [], Latencies = new LatencySummary() }, new MemoryStream([.. Enumerable.Range(0, 60).Select(i => (byte)(i * 97 % 251))]), ".nrrd");
            await store.KeepAsync(id, "m", ["weights"], answer, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["b.nrrd.gz"], Directory.GetFiles(Path.Combine(server.Studies, ".labelserver", "proposals", "m"), "*.gz").Select(Path.GetFileName));
        Assert.Null(await store.OpenAsync(server.Store.FindImage("a")!, store.Find(server.Store.FindImage("a")!, "m")!, TestContext.Current.CancellationToken));
        store.Dispose();
    }

    private static Task<StoreServer> StartAsync(params string[] ids) => StoreServer.StartAsync(studies =>
    {
        foreach (var id in ids)
            File.WriteAllBytes(Path.Combine(studies, id + ".nii.gz"), NiftiBytes.Image());
    });

    private static async Task<(JsonNode? Result, List<string> Lines)> RunAsync(StoreServer server, string method)
    {
        var lines = new List<string>();
        var job = new JobContext("1", new JsonObject { ["method"] = method }, false, lines.Add, CancellationToken.None);
        return (await server.Services.GetRequiredService<ScoringJobs>().RunAsync(job, TestContext.Current.CancellationToken), lines);
    }

    private static async Task ProposeAsync(ProposalStore proposals, string id, byte[] values)
    {
        await using var answer = new InferenceAnswer(
            new InferenceSummary { LabelNames = new OrderedDictionary<string, int> { ["s1"] = 1 }, Latencies = new LatencySummary() }, new MemoryStream(NiftiBytes.Label(values)), ".nii.gz");
        await proposals.KeepAsync(id, "m", ["weights"], answer, TestContext.Current.CancellationToken);
    }

    private static async Task SaveAsync(StoreServer server, string id, string tag, byte[] values, string info = """{"label_info":[{"name":"s1"},{"name":"s2"}]}""")
    {
        using var received = await server.Store.ReceiveAsync(new MemoryStream(NiftiBytes.Label(values)), "l.nii.gz", TestContext.Current.CancellationToken);
        await server.Store.SaveLabelAsync(new LabelUpload(id, received) { Tag = tag, Info = InfoDocument.Parse(info, "test") }, TestContext.Current.CancellationToken);
    }
}
