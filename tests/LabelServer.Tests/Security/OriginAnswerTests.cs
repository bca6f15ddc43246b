using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Security;

public sealed class OriginAnswerTests
{
    private const string Viewer = "https://viewer.example:3000";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "evil.example")]
    public async Task ForeignRequest_Is403AndNothingIsDone(string header, string value)
    {
        await using var server = await RunningServer.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/infer/tiny?image=scan+1");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Contains(value, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(server.Dispatcher.Jobs);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/info/", 200)]
    [InlineData("/nothing", 404)]
    [InlineData("/logs/?lines=x", 422)]
    public async Task ListedOrigin_GetsCorsHeadersOnEveryAnswer(string path, int status)
    {
        await using var server = await RunningServer.StartAsync(o => o with { CorsOrigins = [Viewer + "/"] });
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", Viewer);
        using var answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(Viewer, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("true", answer.Headers.GetValues("Access-Control-Allow-Credentials").Single());
        Assert.Equal("Origin", answer.Headers.GetValues("Vary").Single());
    }

    [Fact]
    public async Task NoOrigin_GetsNoCorsHeaders()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.GetAsync("/info/", Token);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Vary"));
    }

    [Theory]
    [InlineData("/infer/tiny", "PUT", 200, "OK")]
    [InlineData("/no/such/path", "DELETE", 200, "OK")]
    [InlineData("/info/", "TRACE", 400, "Disallowed CORS method")]
    public async Task Preflight_OfAListedOrigin_AnswersAsTheOriginal(string path, string method, int status, string body)
    {
        await using var server = await RunningServer.StartAsync(o => o with { CorsOrigins = [Viewer] });
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", Viewer);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "x-a, content-type");
        using var answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(Viewer, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT", string.Join(", ", answer.Headers.GetValues("Access-Control-Allow-Methods")));
        Assert.Equal("600", answer.Headers.GetValues("Access-Control-Max-Age").Single());
        Assert.Equal("x-a, content-type", string.Join(", ", answer.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task Preflight_OfAForeignOrigin_IsRefusedInTheOriginalsWords()
    {
        await using var server = await RunningServer.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Options, "/info/");
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        using var answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("Disallowed CORS origin", await answer.Content.ReadAsStringAsync(Token));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
