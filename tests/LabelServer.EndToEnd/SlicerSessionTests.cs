using System.Text;
using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd;

/// <summary>An annotator's session with the bytes that Slicer's panel sends: connect, next sample, run, correct, submit.</summary>
[Collection(SharedServer.Name)]
public sealed class SlicerSessionTests(ServerFixture fixture)
{
    private static readonly int[] Size = [40, 36, 24];

    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task Connect_AsThePanelDoes()
    {
        await Server.SendAsync(HttpMethod.Get, "/auth/", status: System.Net.HttpStatusCode.NotFound);
        var info = await Server.GetJsonAsync("/info/");
        Assert.Null(info["config"]);
        Assert.All(info["models"]!.AsObject(), m => Assert.All(["type", "labels", "description"], key => Assert.NotNull(m.Value![key])));
        await Server.SendAsync(HttpMethod.Get, "/train/?check_if_running=true", status: System.Net.HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task NextSampleRunSubmit_WithEverythingThatThePanelEchoes(string highres)
    {
        DemoModel.Require();
        var id = $"Körper: {highres} 1";
        await Server.AddImageAsync(id, NiftiBytes.GZip(NiftiBytes.Ct(Size)));
        var config = (await Server.GetJsonAsync("/info/"))["models"]![DemoModel.Name]!["config"]!.AsObject();
        var echoed = new JsonObject(config.Select(c => KeyValuePair.Create(c.Key, (c.Value is JsonArray list ? list[0] : c.Value)?.DeepClone())));
        if (config["highres"] is JsonValue)
            echoed["highres"] = JsonNode.Parse(highres);
        echoed["result_extension"] = ".nrrd";
        echoed["result_dtype"] = "uint8";
        echoed["client_id"] = "user-xyz";

        var form = await Form.Params(echoed.ToJsonString()).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var (head, body) = await RawClient.SendAsync(
            Server.Address,
            $"POST /infer/{DemoModel.Name}?image={Uri.EscapeDataString(id).Replace("%20", "+", StringComparison.Ordinal)} HTTP/1.1\r\nHost: {Server.Address.Authority}\r\n"
            + $"content-type: multipart/form-data; boundary=----------lImIt_of_THE_fIle_eW_$\r\ncontent-length: {form.Length}\r\n\r\n",
            form);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
        var (parameters, fileName, nrrd) = Parts(head, body);
        Assert.Matches("^tmp[a-z0-9_]{8}\\.nrrd$", fileName);
        Assert.NotEmpty(parameters["label_names"]!.AsObject());
        var (header, voxels) = Nrrd(nrrd);
        Assert.Contains("type: unsigned char", header);
        Assert.Contains($"sizes: {Size[0]} {Size[1]} {Size[2]}", header);
        Assert.Contains("space: left-posterior-superior", header);
        Assert.Equal(Size[0] * Size[1] * Size[2], voxels.Length);
        Assert.All(voxels, v => Assert.InRange(v, 0, parameters["label_names"]!.AsObject().Count));

        // Corrected in Slicer and submitted.
        var names = string.Join(',', parameters["label_names"]!.AsObject().Select((n, at) => $$"""{"name":"{{n.Key}}","idx":{{at + 1}}}"""));
        var label = NiftiBytes.GZip(NiftiBytes.UInt8(Size, value: (i, j, k) => voxels[i + (Size[0] * (j + (Size[1] * k)))]));
        await Server.SendAsync(HttpMethod.Put, $"/datastore/label?image={Uri.EscapeDataString(id)}", Form.File("label", "/tmp/s/tmpabc.nii.gz", label, $$"""{"label_info":[{{names}}],"model":"{{DemoModel.Name}}","client_id":"user-xyz"}"""));
        Assert.Contains(Directory.EnumerateFiles(Path.Combine(Server.Studies, "labels", "final")), f => File.ReadAllBytes(f).AsSpan().SequenceEqual(label));
    }

    [Fact]
    public async Task Infer_ByUploadAndBySession_GiveTheSameLabelsAsById()
    {
        DemoModel.Require();
        var image = NiftiBytes.GZip(NiftiBytes.Ct(Size));
        await Server.AddImageAsync("by id", image);
        var session = JsonNode.Parse(await Server.SendAsync(HttpMethod.Put, "/session/", Form.File("files", "/tmp/x/vol.nii.gz", image)))!["session_id"]!.GetValue<string>();
        const string Options = """{"result_extension":".nrrd","result_dtype":"uint8"}""";
        var results = new List<byte[]>();
        foreach (var (query, content) in new (string, HttpContent)[]
        {
            ("image=by+id", Form.Params(Options)),
            ("image=", Form.File("file", "C:\\Users\\me\\tmp.nii.gz", image, Options)),
            ($"image=&session_id={session}", Form.Params(Options)),
        })
        {
            using var answer = await Server.Client.PostAsync($"/infer/{DemoModel.Name}?output=image&{query}", content, TestContext.Current.CancellationToken);
            var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{query}: {Encoding.UTF8.GetString(bytes)}");
            results.Add(Nrrd(bytes).Voxels);
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Fact]
    public async Task SaveLabel_OfAnInference_ComesBackAsOriginalLabel()
    {
        DemoModel.Require();
        await Server.AddImageAsync("predicted", NiftiBytes.GZip(NiftiBytes.Ct(Size)));
        await Server.SendAsync(HttpMethod.Post, $"/infer/{DemoModel.Name}?image=predicted&output=json", Form.Params("""{"save_label":true}"""));
        var info = (await Server.GetJsonAsync("/datastore/?output=all"))["objects"]!["predicted"]!["labels"]!["original"]!["info"]!;
        Assert.Equal(DemoModel.Name, info["model"]!.GetValue<string>());
        Assert.IsType<JsonObject>(info["params"]!["label_names"]);
        Assert.NotEmpty(await Server.Client.GetByteArrayAsync("/datastore/label?label=predicted&tag=original", TestContext.Current.CancellationToken));
    }

    private static (JsonNode Parameters, string FileName, byte[] File) Parts(string head, byte[] body)
    {
        var boundary = head.Split("boundary=")[1].Split("\r\n")[0];
        var text = Encoding.Latin1.GetString(body);
        var parts = text.Split($"--{boundary}");
        Assert.Equal(4, parts.Length);
        Assert.Equal(string.Empty, parts[0]);
        Assert.Equal("--\r\n", parts[3]);
        var json = parts[1].Split("\r\n\r\n", 2)[1][..^2];
        var file = parts[2].Split("\r\n\r\n", 2);
        return (JsonNode.Parse(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(json)))!, file[0].Split("filename=\"")[1].Split('"')[0], Encoding.Latin1.GetBytes(file[1][..^2]));
    }

    private static (string[] Header, byte[] Voxels) Nrrd(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\n\n"u8);
        return (Encoding.ASCII.GetString(bytes, 0, end).Split('\n'), bytes[(end + 2)..]);
    }
}
