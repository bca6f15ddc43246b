using System.Text;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Training;

public sealed class IdleEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/train/", 404, """{"detail":"No Train Tasks Found"}""")]
    [InlineData("GET", "/train", 404, """{"detail":"No Train Tasks Found"}""")]
    [InlineData("GET", "/train/?all=true", 404, """{"detail":"No Train Tasks Found"}""")]
    [InlineData("GET", "/train/?check_if_running=True", 404, """{"detail":"No Train Tasks are currently Running"}""")]
    [InlineData("DELETE", "/train/", 200, "null")]
    [InlineData("GET", "/scoring/", 404, """{"detail":"No Scoring Tasks Found"}""")]
    [InlineData("GET", "/scoring/?check_if_running=1", 404, """{"detail":"No Scoring Tasks are currently Running"}""")]
    [InlineData("DELETE", "/scoring/", 200, "null")]
    [InlineData("GET", "/batch/infer", 404, """{"detail":"No Batch_infer Tasks Found"}""")]
    [InlineData("GET", "/batch/infer/?check_if_running=true", 404, """{"detail":"No Batch_infer Tasks are currently Running"}""")]
    [InlineData("DELETE", "/batch/infer", 200, "null")]
    [InlineData("POST", "/reload", 200, "{}")]
    public async Task NothingRuns_AnswersAsTheOriginal(string method, string path, int status, string body)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/train/tiny", "{}", 404)]
    [InlineData("/train/tiny", "[]", 422)]
    [InlineData("/train/tiny", "{", 422)]
    [InlineData("/scoring/nosuch", "{}", 404)]
    [InlineData("/batch/infer/tiny?images=none", "{}", 422)]
    [InlineData("/batch/infer/nosuch", "{}", 404)]
    public async Task Starting_IsRefusedWithADetail(string path, string body, int status)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains("\"detail\":", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/train/")]
    [InlineData("DELETE", "/train/")]
    [InlineData("GET", "/info/")]
    public async Task StaleContentLength_IsAnsweredWithoutWaitingForABody(string method, string path)
    {
        await using var server = await RunningServer.StartAsync();
        var (head, _) = await server.SendRawAsync($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
    }
}
