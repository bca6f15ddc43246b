using System.Net;
using System.Text;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.BatchInference;

/// <summary>What <c>POST /batch/infer/{model}</c> says at once, instead of by a job that fails on every image.</summary>
public sealed class BatchEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"label_tag": "../x"}""", "../x")]
    [InlineData("""{"label_tag": 5}""", "label_tag")]
    [InlineData("""{"device": "tpu"}""", "device")]
    [InlineData("""{"images": "some"}""", "images")]
    [InlineData("""{"images": 5}""", "images")]
    [InlineData("""{"sw_overlap": 2}""", "sw_overlap")]
    public async Task AValueThatCannotBe_IsRefusedBeforeAJobStarts(string body, string named)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/batch/infer/tiny", Json(body), Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(named, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var status = await server.Client.GetAsync("/batch/infer", Token);
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
    }

    [Theory]
    [InlineData("", "unlabeled")]
    [InlineData("?images=labeled", "labeled")]
    public async Task TheBodysWordForImages_CountsUnlessTheAddressHasOne(string query, string images)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/batch/infer/tiny" + query, Json("""{"images": "unlabeled", "client_id": 5}"""), Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"\"images\":\"{images}\"", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
