using System.Net;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd.BadInput;

/// <summary>Unknown model, image or session; no image at all; parameters that are no JSON. Each is refused with a text, and the server goes on.</summary>
[Collection(SharedServer.Name)]
public sealed class InferenceTargetTests(ServerFixture fixture)
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task UnknownModel_Is404AndNamesTheModelsThatExist()
    {
        var detail = await Server.RefusedAsync(HttpMethod.Post, "/infer/No%2BSuchModel?image=x", null, HttpStatusCode.NotFound);
        Assert.Contains("'No+SuchModel'", detail, StringComparison.Ordinal);
        Assert.Contains("wholeBody_ct_segmentation", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelWithoutWeights_Is409WithTheCommandThatFetchesThem()
    {
        var detail = await Server.RefusedAsync(HttpMethod.Post, "/infer/wholeBody_ct_segmentation?image=x", null, HttpStatusCode.Conflict);
        Assert.Contains("models download wholeBody_ct_segmentation", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image=nosuch", HttpStatusCode.NotFound, "nosuch")]
    [InlineData("image=..%2F..%2Fetc%2Fpasswd", HttpStatusCode.NotFound, "../../etc/passwd")]
    [InlineData("session_id=nosuch", HttpStatusCode.NotFound, "nosuch")]
    [InlineData("", HttpStatusCode.BadRequest, "Neither Image nor File nor Session ID input is provided")]
    public async Task UnknownOrNoImage_IsRefusedByName(string query, HttpStatusCode status, string words)
    {
        DemoModel.Require();
        Assert.Contains(words, await Server.RefusedAsync(HttpMethod.Post, $"/infer/{DemoModel.Name}?{query}", null, status), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"sw_overlap\": 0.25,,}")]
    public async Task ParamsThatAreNoJsonObject_Are400AndNameTheField(string parameters)
    {
        DemoModel.Require();
        Assert.Contains("'params'", await Server.RefusedAsync(HttpMethod.Post, $"/infer/{DemoModel.Name}?image=x", Form.Params(parameters), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "evil.example")]
    public async Task ForeignPageOrHost_Is403(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/datastore/?id=x");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
