using System.Text.Json.Nodes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Clients;

/// <summary>What OHIF's MONAI Label extension sends (protocol 11.3), to a file store: from a page of another origin, with its own headers.</summary>
public sealed class OhifTests
{
    private const string Viewer = "http://viewer.example:3000";

    [Fact]
    public async Task Session_FromInfoToASegmentation()
    {
        await using var server = await RunningServer.StartAsync(o => o with { CorsOrigins = [Viewer] });
        var info = await JsonAsync(server, HttpMethod.Get, "/info/");
        Assert.IsType<JsonArray>(info["labels"]);
        Assert.All(info["models"]!.AsObject(), m => Assert.True(m.Value!["labels"] is JsonObject or JsonArray));
        foreach (var section in new[] { "trainers", "strategies", "scoring" })
            Assert.IsType<JsonObject>(info[section]);
        Assert.NotNull(info["datastore"]!["completed"]);

        // Running if and only if status is RUNNING; anything else than 200 is "no".
        Assert.NotEqual(200, (int)(await SendAsync(server, HttpMethod.Get, "/train/?check_if_running=true")).StatusCode);

        using var form = new MultipartFormDataContent { { new StringContent("""{"result_extension":".nrrd","result_dtype":"uint8","result_compress":false,"restore_label_idx":false,"highres":"true"}"""), "params" } };
        using var answer = await SendAsync(server, HttpMethod.Post, "/infer/tiny?image=scan%201&output=image", form);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(Viewer, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(ScriptedDispatcher.ResultBytes, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(answer.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Page_AndDicomProxy_SayWhatIsNotThere()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (var path in new[] { "/ohif/", "/ohif", "/ohif/app/bundle.js", "/ohif/..%2f..%2fetc%2fpasswd" })
        {
            using var page = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(404, (int)page.StatusCode);
            Assert.Equal("""{"detail":"Resource NOT Found"}""", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        foreach (var path in new[] { "/proxy/dicom/studies", "/proxy/dicom/qido/studies?limit=1", "/proxy/dicom/wado/x/metadata" })
        {
            using var proxied = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(501, (int)proxied.StatusCode);
            Assert.Contains("detail", await proxied.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    private static async Task<JsonNode> JsonAsync(RunningServer server, HttpMethod method, string path, HttpContent? content = null)
    {
        using var answer = await SendAsync(server, method, path, content);
        Assert.Equal(200, (int)answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    private static Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Origin", Viewer);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, multipart/form-data");
        return server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
