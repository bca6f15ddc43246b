using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LabelServer.Datastore.Versions;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

public sealed class DatastoreEndpointTests
{
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Put = HttpMethod.Put;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    [Fact]
    public async Task AnAnnotatorsRound_UploadSubmitReadAndStatistics()
    {
        await using var server = await StoreServer.StartAsync();
        Assert.Equal((200, """{"image":"2: T1"}"""), await TextAsync(server, Put, "/datastore/?image=2%3A+T1", StoreServer.File("file", NiftiBytes.Image(), "/tmp/x/tmp1.nii.gz", """{"client_id":"user-xyz"}""")));
        Assert.Equal(
            (200, """{"image":"2: T1","label":"2: T1"}"""),
            await TextAsync(server, Put, "/datastore/label?image=2%3A+T1&tag=", StoreServer.File("label", NiftiBytes.Label(1), @"C:\temp\l.nii.gz", """{"label_info":[{"name":"spleen","idx":1}]}""")));
        Assert.Equal((200, """{"total":1,"completed":1,"label_tags":{"final":1}}"""), await TextAsync(server, Get, "/datastore/"));
        Assert.Equal(
            (200, """{"label_info":[{"name":"spleen","idx":1}],"ts":1700000000,"name":"2_ T1~f0a6b9f8a6f1.nii.gz","label_values":{"1":"spleen"}}""".Replace("f0a6b9f8a6f1", Hash("2: T1"), StringComparison.Ordinal)),
            await LabelInfoAsync(server, "label=2%3A%20T1&tag=final"));

        using var label = await server.Client.GetAsync("/datastore/label?label=2%3A+T1&tag=final");
        Assert.Equal(NiftiBytes.Label(1), await label.Content.ReadAsByteArrayAsync());
        var all = JsonNode.Parse(await server.Client.GetStringAsync("/datastore/?output=all"))!;
        Assert.Equal(["name", "description", "images_dir", "labels_dir", "objects"], all.AsObject().Select(m => m.Key));
        Assert.Equal(["2: T1"], all["objects"]!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task Downloads_CarryLengthAndAQuotedOrEncodedName()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "plain");
        await AddAsync(server, "ü 1");
        using var plain = await server.Client.GetAsync("/datastore/image?image=plain");
        Assert.Equal("attachment; filename=\"plain.nii.gz\"", plain.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("application/octet-stream", plain.Content.Headers.ContentType!.ToString());
        Assert.Equal(NiftiBytes.Image().Length, plain.Content.Headers.ContentLength);
        using var other = await server.Client.GetAsync("/datastore/image?image=%C3%BC+1");
        Assert.Equal("attachment; filename*=utf-8''%C3%BC%201.nii.gz", other.Content.Headers.GetValues("Content-Disposition").Single());
        await AddAsync(server, "2: T1");
        using var safe = await server.Client.GetAsync("/datastore/image?image=2%3A+T1");
        Assert.Equal("attachment; filename*=utf-8''2%3A%20T1.nii.gz", safe.Content.Headers.GetValues("Content-Disposition").Single());
    }

    [Theory]
    [InlineData("/datastore/image?image=x")]
    [InlineData("/datastore/label?image=x&tag=final")]
    [InlineData("/datastore/label?label=x&tag=final")]
    public async Task Head_AnswersTheHeadersOfTheFile(string path)
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "x");
        await LabelAsync(server, "x");
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal((path.Contains("label", StringComparison.Ordinal) ? NiftiBytes.Label(1) : NiftiBytes.Image()).Length, answer.Content.Headers.ContentLength);
        using var missing = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path.Replace("=x", "=nosuch", StringComparison.Ordinal)));
        Assert.Equal(404, (int)missing.StatusCode);
    }

    [Fact]
    public async Task CheckSum_WorksWithAndWithoutTheAlgorithm()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "x");
        var digest = Convert.ToHexString(SHA256.HashData(NiftiBytes.Image()));
        foreach (var (sum, status) in new[] { (digest, 200), ("SHA256:" + digest.ToLowerInvariant(), 200), ("SHA256:" + new string('0', 64), 404), ("MD5:00", 400) })
        {
            using var answer = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/datastore/image?image=x&check_sum=" + sum));
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("GET", "/datastore/image", "image")]
    [InlineData("GET", "/datastore/image/info", "image")]
    [InlineData("PUT", "/datastore/image/info", "image")]
    [InlineData("DELETE", "/datastore/image", "id")]
    [InlineData("DELETE", "/datastore/", "id")]
    [InlineData("GET", "/datastore/label?tag=final", "label")]
    [InlineData("HEAD", "/datastore/label?tag=final", null)]
    [InlineData("GET", "/datastore/label?label=x", "tag")]
    [InlineData("DELETE", "/datastore/label?id=x", "tag")]
    [InlineData("PUT", "/datastore/label", "image")]
    [InlineData("GET", "/datastore/label/info?label=x", "tag")]
    [InlineData("PUT", "/datastore/updatelabelinfo?label=x", "tag")]
    public async Task AMissingParameter_IsNamedAsFastApiDoes(string method, string path, string? name)
    {
        await using var server = await StoreServer.StartAsync();
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(422, (int)answer.StatusCode);
        if (name is not null)
            Assert.Equal($$"""{"detail":[{"type":"missing","loc":["query","{{name}}"],"msg":"Field required","input":null}]}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AFormWithoutItsFile_IsNamedAsFastApiDoes()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "x");
        Assert.Equal((422, """{"detail":[{"type":"missing","loc":["body","file"],"msg":"Field required","input":null}]}"""), await TextAsync(server, Put, "/datastore/image?image=y"));
        Assert.Equal((422, """{"detail":[{"type":"missing","loc":["body","label"],"msg":"Field required","input":null}]}"""), await TextAsync(server, Put, "/datastore/label?image=x", StoreServer.Form("params", "{}")));
        var (status, body) = await TextAsync(server, Put, "/datastore/image?image=y", StoreServer.Form("file", "text"));
        Assert.Equal(422, status);
        Assert.Contains("Expected UploadFile, received: <class 'str'>", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/datastore/?output=none", "Input should be 'train', 'stats' or 'all'")]
    [InlineData("/datastore/?output=", "Input should be 'train', 'stats' or 'all'")]
    [InlineData("/datastore/dataset?limit_cases=x", "unable to parse string as an integer")]
    public async Task ABadValue_IsExplained(string path, string expected)
    {
        await using var server = await StoreServer.StartAsync();
        var (status, body) = await TextAsync(server, Get, path);
        Assert.Equal(422, status);
        Assert.Contains(expected, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotThere_Is404_AndInfoOfItIsEmpty()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "x");
        foreach (var path in new[] { "/datastore/image?image=nosuch", "/datastore/image?image=..%2Fw", "/datastore/image?image=%2Fetc%2Fpasswd", "/datastore/label?label=x&tag=nosuch", "/datastore/label?label=x&tag=..%2F..", "/datastore/dataset" })
        {
            var (status, body) = await server.SendAsync(Get, path);
            Assert.Equal(404, status);
            Assert.NotEmpty((string)body!["detail"]!);
        }

        Assert.Equal((200, "{}"), await TextAsync(server, Get, "/datastore/image/info?image=nosuch"));
        Assert.Equal((200, "{}"), await TextAsync(server, Get, "/datastore/label/info?label=x&tag=nosuch"));
        Assert.Equal((200, "{}"), await TextAsync(server, Delete, "/datastore/label?id=nosuch&tag=final"));
        Assert.Equal(404, (await server.SendAsync(Delete, "/datastore/image?id=nosuch")).Status);
        Assert.Equal(404, (await server.SendAsync(Put, "/datastore/image/info?image=nosuch", StoreServer.Form("info", "{}"))).Status);
        Assert.Equal(404, (await server.SendAsync(Put, "/datastore/label/info?label=x&tag=final", StoreServer.Form("info", "{}"))).Status);
        Assert.Equal(404, (await server.SendAsync(Put, "/datastore/label?image=nosuch", StoreServer.File("label", NiftiBytes.Label(1), "l.nii.gz"))).Status);
    }

    [Fact]
    public async Task Infos_AreMergedKeyByKeyAndSignedByTheUser()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "x");
        await LabelAsync(server, "x", "version_1");
        Assert.Equal((200, "null"), await TextAsync(server, Put, "/datastore/image/info?image=x", StoreServer.Form("info", """{"k":{"a":1}}""")));
        Assert.Equal((200, "null"), await TextAsync(server, Put, "/datastore/image/info?image=x", StoreServer.Form("info", """{"k":{"b":2.50}}""")));
        Assert.Equal((200, "null"), await TextAsync(server, Put, "/datastore/image/info?image=x"));
        Assert.Contains("\"k\":{\"b\":2.50}", (await TextAsync(server, Get, "/datastore/image/info?image=x")).Body, StringComparison.Ordinal);

        Assert.Equal((200, "null"), await TextAsync(server, Put, "/datastore/updatelabelinfo?label=x&tag=version_1", StoreServer.Form("params", """{"segmentationMeta":{"status":"flagged","comment":"ü"}}""")));
        Assert.Equal((200, "null"), await TextAsync(server, Put, "/datastore/updatelabelinfo?label=x&tag=version_1", StoreServer.Form("info", """{"wrongfield":1}""")));
        Assert.Equal((200, "null"), await TextAsync(server, Put, "/datastore/label/info?label=x&tag=version_1", StoreServer.Form("info", """{"n":1}""")));
        Assert.Equal(
            (200, """{"ts":1700000000,"name":"x.nii.gz","segmentationMeta":{"status":"flagged","comment":"ü"},"user":"admin","n":1}"""),
            await LabelInfoAsync(server, "label=x&tag=version_1"));
        foreach (var bad in new[] { "{", "[1]", "null" })
            Assert.Equal(400, (await server.SendAsync(Put, "/datastore/label/info?label=x&tag=version_1", StoreServer.Form("info", bad))).Status);
    }

    // Without what makes it a version among others, whose id is a time of its own.
    private static async Task<(int Status, string Body)> LabelInfoAsync(StoreServer server, string query)
    {
        var (status, body) = await TextAsync(server, Get, $"/datastore/label/info?{query}");
        var info = JsonNode.Parse(body)!.AsObject();
        Assert.True(info.Remove(LabelStamp.Key));
        return (status, System.Text.Encoding.UTF8.GetString(LabelServer.Http.WireJson.Write(info)));
    }

    [Fact]
    public async Task Deleting_ShowsAtOnce()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "x");
        await LabelAsync(server, "x", "test");
        Assert.Contains("\"test\":1", (await TextAsync(server, Get, "/datastore/")).Body, StringComparison.Ordinal);
        Assert.Equal((200, "{}"), await TextAsync(server, Delete, "/datastore/label?id=x&tag=test"));
        Assert.Equal((200, """{"total":1,"completed":0,"label_tags":{}}"""), await TextAsync(server, Get, "/datastore/"));
        Assert.Equal((200, "{}"), await TextAsync(server, Delete, "/datastore/?id=x"));
        Assert.Equal((200, """{"total":0,"completed":0,"label_tags":{}}"""), await TextAsync(server, Get, "/datastore/"));
    }

    [Fact]
    public async Task ClientsOnThisMachine_GetPaths_OthersGetAddresses()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "a/b");
        await LabelAsync(server, "a/b");
        var pairs = JsonNode.Parse(await server.Client.GetStringAsync("/datastore/?output=train"))!.AsArray();
        Assert.True(File.Exists((string)pairs[0]!["image"]!));
        Assert.True(File.Exists((string)pairs[0]!["label"]!));

        server.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Equal(
            """[{"image":"/datastore/image?image=a%2Fb","label":"/datastore/label?label=a%2Fb&tag=final"}]""",
            await server.Client.GetStringAsync("/datastore/?output=train"));
        Assert.DoesNotContain(server.Studies, await server.Client.GetStringAsync("/datastore/image/info?image=a%2Fb"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDataSet_IsAZipOfLabelledPairsAndTheIndex()
    {
        await using var server = await StoreServer.StartAsync();
        foreach (var id in new[] { "a", "ü 1", "c" })
            await AddAsync(server, id);
        await LabelAsync(server, "a");
        await LabelAsync(server, "ü 1");
        using (var answer = await server.Client.GetAsync("/datastore/dataset"))
        {
            Assert.Equal("attachment; filename=\"dataset.zip\"", answer.Content.Headers.GetValues("Content-Disposition").Single());
            using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
            Assert.Equal(["image/a.nii.gz", "label/a.nii.gz", "image/ü 1.nii.gz", "label/ü 1.nii.gz", "metadata.json"], zip.Entries.Select(e => e.FullName));
            using var image = zip.Entries[0].Open();
            using var bytes = new MemoryStream();
            image.CopyTo(bytes);
            Assert.Equal(NiftiBytes.Image(), bytes.ToArray());
        }

        foreach (var (limit, count) in new[] { (1, 3), (0, 5), (2, 5), (-1, 5), (99, 5) })
        {
            using var zip = new ZipArchive(new MemoryStream(await server.Client.GetByteArrayAsync($"/datastore/dataset?limit_cases={limit}")));
            Assert.Equal(count, zip.Entries.Count);
        }
    }

    [Theory]
    [InlineData("image=a%00b", 400)]
    [InlineData("image=a%0Ab", 400)]
    public async Task HostileIds_AreRefusedBeforeTheBodyIsRead(string query, int status)
    {
        await using var server = await StoreServer.StartAsync();
        Assert.Equal(status, (await server.SendAsync(Put, "/datastore/image?" + query, StoreServer.File("file", NiftiBytes.Image(), "x.nii.gz"))).Status);
        Assert.Equal(0, server.Store.Statistics.Total);
    }

    [Fact]
    public async Task RefusedLabels_HaveStatusAndDetail()
    {
        await using var server = await StoreServer.StartAsync();
        await AddAsync(server, "x");
        var other = NiftiBytes.Of(new byte[8], new(2, 2, 2));
        var (status, body) = await server.SendAsync(Put, "/datastore/label?image=x", StoreServer.File("label", other, "l.nii.gz"));
        Assert.Equal(409, status);
        Assert.Contains("2×2×2", (string)body!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(400, (await server.SendAsync(Put, "/datastore/label?image=x&tag=..%2F..%2Fevil", StoreServer.File("label", NiftiBytes.Label(1), "l.nii.gz"))).Status);
        Assert.Equal(400, (await server.SendAsync(Put, "/datastore/label?image=x", StoreServer.File("label", NiftiBytes.Label(1), "l.nii.gz", "{"))).Status);
        Assert.Equal(400, (await server.SendAsync(Put, "/datastore/label?image=x", StoreServer.File("label", NiftiBytes.Label(5), "l.nii.gz", """{"label_info":[{"name":"a"}]}"""))).Status);
        Assert.Equal(400, (await server.SendAsync(Put, "/datastore/label?image=x", StoreServer.File("label", "text"u8.ToArray(), "l.nii.gz"))).Status);
        Assert.Empty(server.Store.FindImage("x")!.Labels);
    }

    [Fact]
    public async Task AReadOnlyServer_Answers403AndSaysWhy()
    {
        await using var server = await StoreServer.StartAsync(s => File.WriteAllBytes(Path.Combine(s, "x.nii.gz"), NiftiBytes.Image()), ("MONAI_LABEL_DATASTORE_READ_ONLY", "true"));
        Assert.Equal((200, """{"total":1,"completed":0,"label_tags":{}}"""), await TextAsync(server, Get, "/datastore/"));
        var (status, body) = await server.SendAsync(Put, "/datastore/image?image=n", StoreServer.File("file", NiftiBytes.Image(), "x.nii.gz"));
        Assert.Equal(403, status);
        Assert.Contains("MONAI_LABEL_DATASTORE_READ_ONLY", (string)body!["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileExtensions_ComeFromTheEnvironment()
    {
        await using var server = await StoreServer.StartAsync(
            s =>
            {
                File.WriteAllBytes(Path.Combine(s, "x.nii.gz"), [1]);
                File.WriteAllBytes(Path.Combine(s, "y.mha"), [1]);
            },
            ("MONAI_LABEL_DATASTORE_FILE_EXT", """["*.mha"]"""));
        Assert.Equal(["y"], server.Store.ImageIds());
    }

    private static async Task AddAsync(StoreServer server, string id) =>
        Assert.Equal(200, (await server.SendAsync(Put, $"/datastore/image?image={Uri.EscapeDataString(id)}", StoreServer.File("file", NiftiBytes.Image(), "x.nii.gz"))).Status);

    private static async Task LabelAsync(StoreServer server, string id, string tag = "final") =>
        Assert.Equal(200, (await server.SendAsync(Put, $"/datastore/label?image={Uri.EscapeDataString(id)}&tag={tag}", StoreServer.File("label", NiftiBytes.Label(1), "x.nii.gz"))).Status);

    private static string Hash(string id) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)))[..12];

    private static async Task<(int Status, string Body)> TextAsync(StoreServer server, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var answer = await server.Client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
