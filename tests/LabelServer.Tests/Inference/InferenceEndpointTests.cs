using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Inference;

public sealed class InferenceEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_ById_AnswersTheExactBytesOfTheProtocol()
    {
        await using var server = await RunningServer.StartAsync();
        var (head, body) = await server.SendRawAsync("POST /infer/tiny?image=scan+1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", head, StringComparison.OrdinalIgnoreCase);
        var boundary = head.Split("Content-Type: multipart/form-data; boundary=")[1].Split("\r\n")[0];
        Assert.Matches("^[0-9a-f]{32}$", boundary);
        Assert.Contains($"\r\nContent-Length: {body.Length}", head, StringComparison.Ordinal);

        var name = Encoding.Latin1.GetString(body).Split("name=\"image\"; filename=\"")[1].Split('"')[0];
        Assert.Matches("^tmp[a-z0-9_]{8}\\.nii\\.gz$", name);
        const string Json = """{"label_names":{"spleen":1,"leber ä":2},"latencies":{"pre":0.25,"infer":1.5,"invert":0,"post":0,"write":0,"total":1.75,"transform":{"pre":{"LoadImaged":0.2},"post":{}}},"centroids":{}}""";
        byte[] expected =
        [
            .. Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"params\"\r\nContent-Type: application/json\r\n\r\n{Json}\r\n"),
            .. Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
            .. ScriptedDispatcher.ResultBytes,
            .. Encoding.UTF8.GetBytes($"\r\n--{boundary}--\r\n"),
        ];
        Assert.Equal(expected, body);
        Assert.Equal("scan 1", server.Dispatcher.Jobs.Single().Job.ImageName);
        Assert.Equal([1, 2, 3], server.Dispatcher.Jobs.Single().Image);
    }

    [Fact]
    public async Task Infer_OutputJson_AnswersTheResultJson()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1&output=json", null, Token);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(2, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["label_names"]!["leber ä"]!.GetValue<int>());
    }

    [Fact]
    public async Task Infer_OutputImage_AnswersTheFile()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1&output=image", Form("""{"result_extension":".nrrd"}"""), Token);
        Assert.Matches("^attachment; filename=\"tmp[a-z0-9_]{8}\\.nrrd\"$", answer.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal(ScriptedDispatcher.ResultBytes, await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("", 422)]
    [InlineData("xml", 422)]
    [InlineData("dicom_seg", 501)]
    public async Task Infer_OtherOutput_IsRefusedBeforeAnythingRuns(string output, int status)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync($"/infer/tiny?image=scan+1&output={output}", null, Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(server.Dispatcher.Jobs);
    }

    [Theory]
    [InlineData("/infer/nosuch?image=scan+1", 404, "nosuch")]
    [InlineData("/infer/tiny?image=nosuch", 404, "nosuch")]
    [InlineData("/infer/tiny", 400, "Neither Image nor File nor Session ID input is provided")]
    [InlineData("/infer/tiny?image=", 400, "Neither Image")]
    [InlineData("/infer/unfetched?image=scan+1", 409, "model_lowres.pt")]
    [InlineData("/infer/wsi/tiny?image=scan+1", 501, "Whole-slide")]
    [InlineData("/infer/wsi_v2/tiny?image=scan+1", 501, "Whole-slide")]
    [InlineData("/infer/tiny?image=../../etc/passwd", 404, "../../etc/passwd")]
    [InlineData("/infer/tiny?image=%2Fetc%2Fpasswd", 404, "/etc/passwd")]
    public async Task Infer_WrongTarget_SaysWhatIsMissing(string path, int status, string words)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync(path, null, Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(words, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(server.Dispatcher.Jobs);
    }

    [Fact]
    public async Task Infer_UnfetchedModel_AnswersTheTextOfInfo()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/unfetched?image=scan+1", null, Token);
        var detail = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["detail"]!.GetValue<string>();
        Assert.Contains(detail, (await server.GetJsonAsync("/info/"))!["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", 400)]
    [InlineData("[1]", 400)]
    [InlineData("\"x\"", 400)]
    [InlineData("{", 400)]
    [InlineData("{\"a\":NaN}", 200)]
    [InlineData("{\"sw_overlap\":1}", 400)]
    [InlineData("{\"sw_overlap\":\"much\"}", 400)]
    [InlineData("{\"sw_batch_size\":0}", 400)]
    [InlineData("{\"highres\":\"perhaps\"}", 400)]
    [InlineData("{\"result_extension\":\".png\"}", 400)]
    [InlineData("{\"roi_size\":[0,1,1]}", 400)]
    [InlineData("{\"timeout\":-1}", 400)]
    [InlineData("", 200)]
    [InlineData("[]", 200)]
    [InlineData("{}", 200)]
    [InlineData("{\"nosuch\":1}", 200)]
    public async Task Infer_Params_AreCheckedWithTheirNames(string parameters, int status)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1&output=json", Form(parameters), Token);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Infer_ParamsNamingModelAndImage_RedirectNothing()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1", Form("""{"model":"unfetched","image":"/etc/passwd","session_id":"x","label":"y"}"""), Token);
        Assert.Equal(200, (int)answer.StatusCode);
        var job = server.Dispatcher.Jobs.Single().Job;
        Assert.Equal(("tiny", "scan 1"), (job.Model, job.ImageName));
        Assert.Empty(job.Parameters.Displayable);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"true\"", true)]
    [InlineData("[\"false\"]", null)]
    public async Task Infer_EverythingThatThePanelEchoes_IsUnderstood(string highres, bool? expected)
    {
        // What the panel sends: every config key of /info/, of a list its first entry, then its own keys.
        await using var server = await RunningServer.StartAsync();
        var config = (await server.GetJsonAsync("/info/"))!["models"]!["tiny"]!["config"]!.AsObject();
        var echoed = new JsonObject(config.Select(c => KeyValuePair.Create(c.Key, (c.Value is JsonArray list ? list[0] : c.Value)?.DeepClone())))
        {
            ["highres"] = expected is null ? JsonNode.Parse(highres)![0]!.DeepClone() : JsonNode.Parse(highres),
            ["result_extension"] = ".nrrd",
            ["result_dtype"] = "uint8",
            ["client_id"] = "user-xyz",
        };
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1", Form(echoed.ToJsonString()), Token);
        Assert.Equal(200, (int)answer.StatusCode);
        var parameters = server.Dispatcher.Jobs.Single().Job.Parameters;
        Assert.Equal(expected ?? false, parameters.Highres);
        Assert.Equal("auto", parameters.ModelFilename);
        Assert.Equal(("cpu", 0.25, 1, ".nrrd", "uint8"), (parameters.Device, parameters.SwOverlap, parameters.SwBatchSize, parameters.ResultExtension, parameters.ResultDtype));
    }

    [Theory]
    [InlineData("/home/me/scan.nii.gz", "image.nii.gz")]
    [InlineData("C:\\scans\\A.NRRD", "image.nrrd")]
    [InlineData("noext", "image.nii")]
    [InlineData("a.b.nii.gz", "image.nii.gz")]
    public async Task Infer_Upload_TakesTheBytesAndOnlyTheExtensionOfTheName(string fileName, string partName)
    {
        await using var server = await RunningServer.StartAsync();
        var content = new MultipartFormDataContent();
        content.Add(new ByteArrayContent([9, 8, 7]) { Headers = { ContentDisposition = ContentDispositionHeaderValue.Parse("form-data; name=\"file\"") } });
        content.First().Headers.Remove("Content-Disposition");
        content.First().Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{fileName}\"");
        using var answer = await server.Client.PostAsync("/infer/tiny?image=", content, Token);
        Assert.Equal(200, (int)answer.StatusCode);
        var (job, image) = server.Dispatcher.Jobs.Single();
        Assert.Equal(partName, job.Parts.Single().Name, ignoreCase: true);
        Assert.Equal([9, 8, 7], image);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(server.StudiesFolder, ".labelserver", "uploads")));
    }

    [Theory]
    [InlineData("""{"save_label":true}""", "original")]
    [InlineData("""{"save_label":"true","label_tag":"mine"}""", "mine")]
    public async Task Infer_SaveLabel_StoresTheResultWithItsNames(string parameters, string tag)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1&output=json", Form(parameters), Token);
        Assert.Equal(200, (int)answer.StatusCode);
        var (upload, bytes) = server.Datastore.SavedLabels.Single();
        Assert.Equal(("scan 1", tag), (upload.ImageId, upload.Tag));
        Assert.Equal(ScriptedDispatcher.ResultBytes, bytes);
        Assert.Equal("spleen", upload.ValueNames![1]);
        Assert.StartsWith("""{"model":"tiny","params":{"label_names":""", upload.Info.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"save_label":false}""")]
    [InlineData("{}")]
    public async Task Infer_NotAskedToSave_StoresNothing(string parameters)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/tiny?image=scan+1", Form(parameters), Token);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Empty(server.Datastore.SavedLabels);
    }

    [Fact]
    public async Task Infer_ClientGoesAway_CancelsTheJobAndLeavesNoUpload()
    {
        await using var server = await RunningServer.StartAsync();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        server.Dispatcher.Before = async (_, token) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                cancelled.SetResult();
            }
        };
        using var leave = new CancellationTokenSource();
        var content = new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "x.nii" } };
        var request = server.Client.PostAsync("/infer/tiny", content, leave.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);

        // The next request is served, and the log knows of no error.
        server.Dispatcher.Before = null;
        using var next = await server.Client.PostAsync("/infer/tiny?image=scan+1", null, Token);
        Assert.Equal(200, (int)next.StatusCode);
        Assert.DoesNotContain("[ERROR]", await server.Client.GetStringAsync("/logs/?text=true", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_WhileAnInferenceRuns_Answers()
    {
        await using var server = await RunningServer.StartAsync();
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        server.Dispatcher.Before = async (_, _) =>
        {
            started.SetResult();
            await finish.Task;
        };
        var inference = server.Client.PostAsync("/infer/tiny?image=scan+1", null, Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.NotNull(await server.GetJsonAsync("/info/"));
        finish.SetResult();
        using var answer = await inference;
        Assert.Equal(200, (int)answer.StatusCode);
    }

    private static FormUrlEncodedContent Form(string parameters) => new([KeyValuePair.Create("params", parameters)]);
}
