using System.Text.RegularExpressions;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.OpenApi;

public sealed partial class OpenApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_EveryOperation_IsDescribed()
    {
        await using var server = await RunningServer.StartAsync();
        var document = (await server.GetJsonAsync("/openapi.json"))!;
        var paths = document["paths"]!.AsObject();
        Assert.Empty(new[] { "/info", "/infer/{model}", "/train", "/model/{model}", "/logs" }.Except(paths.Select(p => p.Key.TrimEnd('/'))));
        foreach (var (path, operations) in paths)
            Assert.All(operations!.AsObject(), o => Assert.False(string.IsNullOrEmpty((string?)o.Value!["summary"]), $"{o.Key} {path} has no summary"));
        Assert.Equal(
            paths.SelectMany(p => p.Value!.AsObject()).SelectMany(o => o.Value!["tags"]!.AsArray()).Select(t => (string?)t).Distinct().Order(),
            document["tags"]!.AsArray().Select(t => (string?)t!["name"]).Order());
        var infer = document["paths"]!["/infer/{model}"]!["post"]!;
        Assert.Equal(["model", "image", "session_id", "output"], infer["parameters"]!.AsArray().Select(p => (string)p!["name"]!));
        Assert.NotNull(infer["requestBody"]!["content"]!["multipart/form-data"]);
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/openapi.json")]
    [InlineData("/static/favicon.ico")]
    public async Task Head_WhereTheOriginalHasIt_Answers200(string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Token);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    public async Task Page_LoadsNothingFromElsewhere(string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.GetAsync(path, Token);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var page = await answer.Content.ReadAsStringAsync(Token);
        var sources = Source().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(sources);
        foreach (var source in sources)
        {
            Assert.DoesNotMatch("^(https?:)?//", source);
            using var script = await server.Client.GetAsync(new Uri(new Uri(server.Address, path), source), Token);
            Assert.Equal(200, (int)script.StatusCode);
            if (source.EndsWith(".js", StringComparison.Ordinal))
                Assert.Contains("createApiReference", await script.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("""(?:src|href)=["']([^"']+)["']""")]
    private static partial Regex Source();
}
