using System.Text.Json.Nodes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Info;

public sealed class InfoEndpointTests
{
    [Theory]
    [InlineData("/info/")]
    [InlineData("/info")]
    public async Task Info_BothSlashForms_HaveTheShapeThatThePanelReads(string path)
    {
        await using var server = await RunningServer.StartAsync();
        var info = (await server.GetJsonAsync(path))!.AsObject();
        Assert.Equal(["name", "description", "version", "labels", "models", "trainers", "strategies", "scoring", "train_stats", "datastore"], info.Select(p => p.Key));
        Assert.Equal("""["spleen","leber \u00E4"]""", info["labels"]!.ToJsonString());
        Assert.Equal(["tiny"], info["models"]!.AsObject().Select(p => p.Key));
        var model = info["models"]!["tiny"]!;
        Assert.Equal("segmentation", model["type"]!.GetValue<string>());
        Assert.Equal(2, model["labels"]!["leber ä"]!.GetValue<int>());
        Assert.Equal("Tests only", model["intended_use"]!.GetValue<string>());
        Assert.Equal(["random", "first", "last", "tiny_epistemic", "tiny_tta", "hardest"], info["strategies"]!.AsObject().Select(p => p.Key));
        Assert.Equal("""{"total":1,"completed":0,"label_tags":{"final":2,"original":1}}""", info["datastore"]!.ToJsonString());
    }

    [Fact]
    public async Task Info_Config_IsScalarsAndNonEmptyListsOfText()
    {
        await using var server = await RunningServer.StartAsync();
        var info = await server.GetJsonAsync("/info/");
        var config = info!["models"]!["tiny"]!["config"]!.AsObject();
        Assert.Equal("""["auto","model.pt","model_lowres.pt"]""", config["model_filename"]!.ToJsonString());
        foreach (var (_, value) in config)
        {
            if (value is JsonArray list)
                Assert.All(list, item => Assert.Equal(System.Text.Json.JsonValueKind.String, item!.GetValueKind()));
            Assert.False(value is JsonArray { Count: 0 } or JsonObject or null);
        }
    }

    [Fact]
    public async Task Info_ModelWithoutWeights_IsNamedInTheDescriptionWithTheWayOut()
    {
        await using var server = await RunningServer.StartAsync();
        var description = (await server.GetJsonAsync("/info/"))!["description"]!.GetValue<string>();
        Assert.Contains("unfetched", description, StringComparison.Ordinal);
        Assert.Contains("model_lowres.pt", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_WeightsDroppedInLater_AreNoticedWithoutRestart()
    {
        await using var server = await RunningServer.StartAsync();
        File.Delete(Path.Combine(server.ModelFolder, "models", "model.pt"));
        File.Delete(Path.Combine(server.ModelFolder, "models", "model_lowres.pt"));
        Assert.Empty((await server.GetJsonAsync("/info/"))!["models"]!.AsObject());
        await File.WriteAllBytesAsync(Path.Combine(server.ModelFolder, "models", "model_lowres.pt"), [1, 2, 3], TestContext.Current.CancellationToken);
        var model = (await server.GetJsonAsync("/info/"))!["models"]!["tiny"]!;
        Assert.Equal("""["true"]""".Replace("true", "false", StringComparison.Ordinal), model["config"]!["highres"]!.ToJsonString());
    }

    [Fact]
    public async Task Info_Insecure_SaysSo()
    {
        await using var server = await RunningServer.StartAsync(o => o with { Insecure = true, Host = "0.0.0.0" });
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Address.Port}/info/"), TestContext.Current.CancellationToken);
        Assert.Contains("--insecure", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiPrefix_Set_MovesTheApiAndLeavesThePages()
    {
        await using var server = await RunningServer.StartAsync(o => o with { ApiPrefix = "/api" });
        using var moved = await server.Client.GetAsync("/api/info/", TestContext.Current.CancellationToken);
        using var old = await server.Client.GetAsync("/info/", TestContext.Current.CancellationToken);
        using var page = await server.Client.GetAsync("/", TestContext.Current.CancellationToken);
        using var prefix = await server.Client.GetAsync("/api/", TestContext.Current.CancellationToken);
        Assert.Equal([200, 404, 200, 404], new[] { moved, old, page, prefix }.Select(a => (int)a.StatusCode));
    }
}
