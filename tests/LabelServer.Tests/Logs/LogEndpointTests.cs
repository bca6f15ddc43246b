using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Logs;

public sealed class LogEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/logs/", "text/html; charset=utf-8")]
    [InlineData("/logs/?lines=3&refresh=5", "text/html; charset=utf-8")]
    [InlineData("/logs/?html=T&lines=2", "text/html; charset=utf-8")]
    [InlineData("/logs/?lines=3&html=false", "text/plain; charset=utf-8")]
    [InlineData("/logs/?lines=3&text=true", "text/plain; charset=utf-8")]
    [InlineData("/logs/?lines=0", "text/plain; charset=utf-8")]
    public async Task Log_EachForm_HasItsContentType(string path, string type)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.GetAsync(path, Token);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
        Assert.Null(answer.Content.Headers.ContentDisposition);
    }

    [Fact]
    public async Task Log_Page_EscapesWhatClientsSentAndLoadsNothing()
    {
        await using var server = await RunningServer.StartAsync();
        using var first = await server.Client.PostAsync("/infer/%3Cscript%3Ealert(1)%3C%2Fscript%3E%0AERROR?image=x", null, Token);
        var page = await server.Client.GetStringAsync("/logs/?refresh=3", Token);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_Entry_HasMonaiLabelsForm()
    {
        await using var server = await RunningServer.StartAsync();
        using var refused = await server.Client.PostAsync("/infer/nosuch?image=x", null, Token);
        var line = (await server.Client.GetStringAsync("/logs/?text=true", Token)).Split('\n').First(l => l.Contains("nosuch", StringComparison.Ordinal));
        Assert.Matches(@"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[\d+\] \[Thread-\d+\] \[WARNING\] \(LabelServer\.Errors\.ErrorMiddleware:\d+\) - POST /infer/nosuch answered 404", line);
    }

    [Theory]
    [InlineData("/logs/?lines=x")]
    [InlineData("/logs/?html=maybe")]
    public async Task Log_WrongValue_Is422(string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.GetAsync(path, Token);
        Assert.Equal(422, (int)answer.StatusCode);
    }
}
