using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.Annotators;

/// <summary>Scoring and batches with a real worker.</summary>
public sealed class ScoringAndBatchTests
{
    [Fact]
    public async Task UncertaintyIsMeasuredOnce_StrategiesGoByIt_AndABatchSavesLabelsForDice()
    {
        var folder = new TestFolder();
        SegmentationBundle.Write(Path.Combine(folder.Path, "models", "tiny"));
        await using var server = await ServerProcess.StartAsync(
            folder, ["--conf", "models", "tiny", "--conf", "models_dir", Path.Combine(folder.Path, "models")], new Dictionary<string, string> { ["MONAI_LABEL_AUTO_UPDATE_SCORING"] = "false" });
        for (var i = 0; i < 3; i++)
            await server.AddImageAsync($"scan{i}", NiftiBytes.Ct([20 + (4 * i), 20, 16]), "x.nii");
        await File.WriteAllTextAsync(Path.Combine(server.Studies, "bad.nii"), "no image", TestContext.Current.CancellationToken);

        var info = await server.GetJsonAsync("/info/");
        Assert.Contains("tiny_epistemic", info["strategies"]!.AsObject().Select(s => s.Key));
        Assert.Contains("dropout", (string)info["scoring"]!["tiny_epistemic"]!["description"]!, StringComparison.Ordinal);

        foreach (var (method, key) in new[] { ("tiny_epistemic", "epistemic_entropy"), ("tiny_tta", "tta_entropy") })
        {
            var result = JsonNode.Parse(await server.SendAsync(HttpMethod.Post, $"/scoring/{method}?run_sync=true", Form.Json("""{"simulation_size":3}""")))!;
            Assert.Equal((0, 3), ((int)result["skipped"]!, (int)result["executed"]!));
            var objects = (await server.GetJsonAsync("/datastore/?output=all"))["objects"]!;
            var scores = Enumerable.Range(0, 3).ToDictionary(i => $"scan{i}", i => (double)objects[$"scan{i}"]!["image"]!["info"]![key]!);
            Assert.All(scores.Values, s => Assert.InRange(s, 1e-6, Math.Log(3)));
            result = JsonNode.Parse(await server.SendAsync(HttpMethod.Post, $"/scoring/{method}?run_sync=true", Form.Json("""{"simulation_size":3}""")))!;
            Assert.Equal((3, 0), ((int)result["skipped"]!, (int)result["executed"]!));
            var next = JsonNode.Parse(await server.SendAsync(HttpMethod.Post, $"/activelearning/{method}", Form.Json($$"""{"client_id":"{{method}}"}""")))!;
            if (method == "tiny_epistemic")
                Assert.Equal(scores.MaxBy(s => s.Value).Key, (string)next["id"]!);
        }

        var batch = JsonNode.Parse(await server.SendAsync(HttpMethod.Post, "/batch/infer/tiny?run_sync=true&images=all", Form.Json("""{"device":"cuda","multi_gpu":true,"highres":false}""")))!;
        Assert.Equal("original", (string)batch["scan2"]!["tag"]!);
        var task = await server.GetJsonAsync("/batch/infer");
        Assert.Equal("DONE", (string)task["status"]!);
        if (batch["bad"] is { } bad)
            Assert.NotNull(bad["error"]);

        // What was measured and what was proposed can be put beside each other: both say with which weights.
        JsonNode Kept(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(server.Studies, ".labelserver", "proposals", "tiny", file)))!;
        foreach (var file in new[] { "scan0.epistemic.json", "scan0.tta.json" })
        {
            var weights = (string)Kept(file)["weights"]!;
            Assert.StartsWith(SegmentationBundle.CoarseWeights + " ", weights, StringComparison.Ordinal);
            Assert.Contains(weights, Kept("scan0.json")["weights"]!.AsArray().Select(w => (string)w!));
        }

        Assert.NotEmpty(Kept("scan0.epistemic.json")["features"]!.AsArray());
        var original = await server.Client.GetByteArrayAsync("/datastore/label?label=scan0&tag=original", TestContext.Current.CancellationToken);
        await server.SendAsync(HttpMethod.Put, "/datastore/label?image=scan0", Form.File("label", "/tmp/l.nii", original, """{"label_info":[{"name":"liver"},{"name":"spleen"}],"client_id":"me"}"""));
        var dice = JsonNode.Parse(await server.SendAsync(HttpMethod.Post, "/scoring/dice?run_sync=true"))!;
        Assert.Equal("""{"scan0":1}""", dice.ToJsonString());
    }
}
