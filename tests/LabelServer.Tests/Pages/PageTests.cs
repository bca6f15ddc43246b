using System.Net.Http.Headers;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Pages;

public sealed class PageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StatusPage_NamesModelsAndWarningsAndLoadsNothing()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.GetAsync("/", Token);
        var page = await answer.Content.ReadAsStringAsync(Token);
        Assert.Equal(MediaTypeHeaderValue.Parse("text/html; charset=utf-8"), answer.Content.Headers.ContentType);
        Assert.All(["tiny", "unfetched", "model_lowres.pt", "Tests only", "1 images"], word => Assert.Contains(word, page, StringComparison.Ordinal));
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/favicon.ico")]
    [InlineData("/static/favicon.ico")]
    public async Task Icon_IsAnIcon(string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.GetAsync(path, Token);
        Assert.Equal("image/x-icon", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal([0, 0, 1, 0], (await answer.Content.ReadAsByteArrayAsync(Token))[..4]);
    }
}
