using System.Text.Json.Nodes;
using LabelServer.Inference;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Errors;

public sealed class ErrorAnswerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/nothing", 404, "Not Found", null)]
    [InlineData("GET", "/INFO/", 404, "Not Found", null)]
    [InlineData("GET", "/datastore/Image?image=scan+1", 404, "Not Found", null)]
    [InlineData("POST", "/Infer/tiny?image=scan+1", 404, "Not Found", null)]
    [InlineData("GET", "/auth/", 404, "Not Found", null)]
    [InlineData("GET", "/auth/token", 404, "Not Found", null)]
    [InlineData("GET", "/auth/token/valid", 404, "Not Found", null)]
    [InlineData("POST", "/auth/token", 404, "Not Found", null)]
    [InlineData("GET", "/static/", 404, "Not Found", null)]
    [InlineData("GET", "/ohif/", 404, "Resource NOT Found", null)]
    [InlineData("GET", "/ohif/a/b.js", 404, "Resource NOT Found", null)]
    [InlineData("POST", "/info/", 405, "Method Not Allowed", "GET")]
    [InlineData("OPTIONS", "/info/", 405, "Method Not Allowed", "GET")]
    [InlineData("GET", "/infer/tiny", 405, "Method Not Allowed", "POST")]
    public async Task NobodyServesIt_AnswersTheOriginalsWords(string method, string path, int status, string detail, string? allow)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal($$"""{"detail":"{{detail}}"}""", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(allow, answer.Content.Headers.Allow.SingleOrDefault());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/info/")]
    public async Task Head_WhereTheOriginalHasNone_Is405WithoutBody(string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Token);
        Assert.Equal(405, (int)answer.StatusCode);
    }

    [Fact]
    public async Task UnexpectedError_Is500WithAnIdThatTheLogHas()
    {
        await using var server = await RunningServer.StartAsync();
        server.Dispatcher.Before = (_, _) => throw new InvalidOperationException("kaputt");
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1", null, Token);
        Assert.Equal(500, (int)answer.StatusCode);
        var detail = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["detail"]!.GetValue<string>();
        Assert.DoesNotContain("kaputt", detail, StringComparison.Ordinal);
        var id = detail.Split("under the id ")[1].Split(';')[0];
        var log = await server.Client.GetStringAsync("/logs/?text=true", Token);
        Assert.Contains(id, log, StringComparison.Ordinal);
        Assert.Contains("kaputt", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FullQueue_Is503WithRetryAfter()
    {
        await using var server = await RunningServer.StartAsync();
        server.Dispatcher.Before = (_, _) => throw new InferenceQueueFullException("8 inferences wait already.", TimeSpan.FromSeconds(12.3));
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1", null, Token);
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Equal("13", answer.Headers.RetryAfter?.ToString());
        Assert.Equal("""{"detail":"8 inferences wait already."}""", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task ErrorWithLargeBodyUnderWay_ReachesTheClient()
    {
        // Without draining, the client would still be sending when the connection closes, and would never read the answer.
        await using var server = await RunningServer.StartAsync();
        var content = new MultipartFormDataContent { { new ByteArrayContent(new byte[64 * 1024 * 1024]), "file", "x.nii" } };
        using var answer = await server.Client.PostAsync("/infer/nosuch", content, Token);
        Assert.Equal(404, (int)answer.StatusCode);
    }
}
