using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace LabelServer.Benchmarks.Scenarios.ActiveLearning;

/// <summary>Does over REST what a person at a viewer does: asks for the next image, submits its true label, has the model trained and images segmented and scored.</summary>
internal sealed class SimulatedAnnotator(BenchServer server)
{
    private const string Model = SmallSegmentationBundle.Name;
    private const string LabelParameters = """{"label_info":[{"name":"anterior","idx":1},{"name":"posterior","idx":2}],"client_id":"annotator"}""";
    private const string InferParameters = """{"result_extension":".nrrd","result_dtype":"uint8"}""";

    /// <summary>The next image by a strategy; null when nothing is left.</summary>
    public async Task<string?> NextAsync(string strategy, CancellationToken cancellationToken) =>
        (string?)(await SendAsync(HttpMethod.Post, "/activelearning/" + strategy, Json(new() { ["client_id"] = "annotator" }), cancellationToken)).AsObject()["id"];

    /// <summary>Submits the true label of an image.</summary>
    public async Task SubmitAsync(LabelledImage image, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent { { new StringContent(LabelParameters), "params" }, { new ByteArrayContent(image.Label), "label", image.FileName } };
        await SendAsync(HttpMethod.Put, "/datastore/label?image=" + Uri.EscapeDataString(image.Id), form, cancellationToken);
    }

    /// <summary>Trains on all images with a label and waits until the weights are served.</summary>
    public async Task TrainAsync(int epochs, int batchSize, int seed, bool continues, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["max_epochs"] = epochs, ["train_batch_size"] = batchSize, ["seed"] = seed, ["val_split"] = 0, ["pretrained"] = continues };
        await SendAsync(HttpMethod.Post, $"/train/{Model}?run_sync=true", Json(body), cancellationToken);
        var job = await SendAsync(HttpMethod.Get, "/train/", null, cancellationToken);
        if ((string?)job["status"] != "DONE")
            throw new InvalidOperationException($"The training ended with {job["status"]}: {job["details"]}");
    }

    /// <summary>Runs a scoring method to its end.</summary>
    /// <returns>Its result.</returns>
    public async Task<JsonObject> ScoreAsync(string method, JsonObject parameters, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, $"/scoring/{method}?run_sync=true", Json(parameters), cancellationToken)).AsObject();

    /// <summary>Segments an image of the data store, which keeps the result as the proposal.</summary>
    /// <returns>An NRRD file.</returns>
    public Task<byte[]> ProposeAsync(LabelledImage image, CancellationToken cancellationToken) => InferAsync("&image=" + Uri.EscapeDataString(image.Id), null, cancellationToken);

    /// <summary>Segments an image that is not in the data store.</summary>
    /// <returns>An NRRD file.</returns>
    public Task<byte[]> SegmentAsync(LabelledImage image, CancellationToken cancellationToken) => InferAsync(string.Empty, image, cancellationToken);

    /// <summary>A number in the info of each image that has it.</summary>
    public async Task<Dictionary<string, double>> InfosAsync(string key, CancellationToken cancellationToken)
    {
        var objects = (await SendAsync(HttpMethod.Get, "/datastore/?output=all", null, cancellationToken))["objects"]!.AsObject();
        return objects.Where(o => o.Value?["image"]?["info"]?[key] is JsonValue).ToDictionary(o => o.Key, o => (double)o.Value!["image"]!["info"]![key]!, StringComparer.Ordinal);
    }

    private async Task<byte[]> InferAsync(string query, LabelledImage? upload, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent { { new StringContent(InferParameters), "params" } };
        if (upload is not null)
            form.Add(new ByteArrayContent(upload.Image), "file", upload.FileName);
        using var answer = await server.Client.PostAsync(new Uri($"/infer/{Model}?output=image{query}", UriKind.Relative), form, cancellationToken);
        await RequireAsync(answer, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var answer = await server.Client.SendAsync(request, cancellationToken);
        await RequireAsync(answer, cancellationToken);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)) ?? new JsonObject();
    }

    private static JsonContent Json(JsonObject body) => JsonContent.Create(body);

    private static async Task RequireAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }
}
