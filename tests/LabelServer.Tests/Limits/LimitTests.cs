using System.Net.Http.Headers;
using LabelServer.Auth;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Limits;

public sealed class LimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TooManyRequests_Are429ForThatUserOnly()
    {
        await using var server = await StoreServer.StartAsync(null, ("LABELSERVER_RATE_LIMIT", "6"));
        var ada = TestKeys.Add(server.Studies, "ada", Role.User);
        var grace = TestKeys.Add(server.Studies, "grace", Role.User);
        for (var i = 0; i < 2; i++)
            Assert.Equal(200, (int)(await GetAsync(server, "/info/", ada)).StatusCode);
        var refused = await GetAsync(server, "/info/", ada);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("Too many requests", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(200, (int)(await GetAsync(server, "/info/", grace)).StatusCode);
        Assert.Equal(200, (int)(await GetAsync(server, "/health/live", ada)).StatusCode);
    }

    [Fact]
    public async Task GuessingKeys_IsSlowedDownByAddress()
    {
        await using var server = await StoreServer.StartAsync(null, ("LABELSERVER_LOGIN_LIMIT", "3"));
        TestKeys.Add(server.Studies, "ada", Role.User);
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await server.Client.PostAsync("/auth/token", new FormUrlEncodedContent([new("username", "x"), new("password", $"guess {i}")]), Token);
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([401, 401, 401, 429], statuses);
    }

    [Fact]
    public async Task PanelThatRefreshesBusily_NeverMeetsTheDefaultLimit()
    {
        // Each refresh of Slicer's panel is three requests; two hundred in one go are more than a hand can click.
        await using var server = await StoreServer.StartAsync();
        var key = TestKeys.Add(server.Studies, "ada", Role.User);
        for (var i = 0; i < 200; i++)
        {
            foreach (var path in new[] { "/auth/", "/auth/token/valid", "/train/?check_if_running=true" })
                Assert.NotEqual(429, (int)(await GetAsync(server, path, key)).StatusCode);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoreThanAnHoursUploads_Are429_WhetherTheLengthIsAnnouncedOrNot(bool announced)
    {
        await using var server = await StoreServer.StartAsync(null, ("LABELSERVER_UPLOAD_MB_PER_HOUR", "1"));
        var key = TestKeys.Add(server.Studies, "ada", Role.Annotator);
        Assert.Equal(429, await UploadAsync(server, key, 2 * 1024 * 1024, announced));
        Assert.Empty(server.Store.ImageIds());
        server.Time.Advance(3601);
        Assert.NotEqual(429, await UploadAsync(server, key, 1000, announced));
    }

    [Fact]
    public async Task BodyAboveTheLargest_Is413()
    {
        await using var server = await StoreServer.StartAsync(null, ("LABELSERVER_MAX_UPLOAD_MB", "1"));
        Assert.Equal(413, await UploadAsync(server, null, 2 * 1024 * 1024, announced: true));
    }

    private static async Task<int> UploadAsync(StoreServer server, string? key, int bytes, bool announced)
    {
        var request = TestKeys.Request(HttpMethod.Put, "/datastore/?image=x", key, StoreServer.File("file", new byte[bytes], "x.nii"));

        // Else the server's answer and its end of the connection race with the rest of the body, and a broken pipe may win.
        request.Headers.ExpectContinue = true;
        if (!announced)
            request.Headers.TransferEncoding.Add(new TransferCodingHeaderValue("chunked"));
        using var answer = await server.Client.SendAsync(request, Token);
        return (int)answer.StatusCode;
    }

    private static Task<HttpResponseMessage> GetAsync(StoreServer server, string path, string key) => server.Client.SendAsync(TestKeys.Request(HttpMethod.Get, path, key), Token);
}
