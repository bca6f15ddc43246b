using System.Text.Json.Nodes;
using LabelServer.Audit;
using LabelServer.Auth;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Audit;

public sealed class AuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachChange_IsOnDiskWhenItIsAnswered_WithWhoWhatAndWhere()
    {
        await using var server = await StoreServer.StartAsync();
        var key = TestKeys.Add(server.Studies, "ada", Role.Annotator);
        var request = TestKeys.Request(HttpMethod.Put, "/datastore/?image=scan", key, StoreServer.File("file", NiftiBytes.Image(), "scan.nii.gz"));
        request.Headers.Add("X-Request-Id", "given-by-the-proxy.1");
        using var answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("given-by-the-proxy.1", answer.Headers.GetValues("X-Request-Id").Single());
        var entry = Assert.Single(Lines(server));
        Assert.Equal("2023-11-14T22:13:20.000Z", entry["time"]!.GetValue<string>());
        Assert.Equal(
            """{"action":"image.add","outcome":"ok","user":"ada","address":"127.0.0.1","request":"given-by-the-proxy.1","method":"PUT","path":"/datastore/","status":200,"image":"scan"}""",
            Without(entry, "time"));
    }

    [Fact]
    public async Task RefusedAndFailedChanges_AreRecordedToo()
    {
        await using var server = await StoreServer.StartAsync();
        var reader = TestKeys.Add(server.Studies, "reader", Role.User);
        var annotator = TestKeys.Add(server.Studies, "ada", Role.Annotator);
        await SendAsync(server, HttpMethod.Delete, "/datastore/?id=scan", null);
        await SendAsync(server, HttpMethod.Delete, "/datastore/?id=scan", reader);
        await SendAsync(server, HttpMethod.Put, "/datastore/label?image=none", annotator, StoreServer.File("label", [1, 2, 3], "x.nii"));
        Assert.Equal(
            ["image.remove refused  401", "image.remove refused reader 403", "label.save refused ada 404"],
            Lines(server).Select(l => $"{l["action"]} {l["outcome"]} {l["user"]} {l["status"]}"));
    }

    [Fact]
    public async Task LogInsAndBareImages_AreRecorded_AndReadingIsNot()
    {
        await using var server = await StoreServer.StartAsync(studies => File.WriteAllBytes(Path.Combine(studies, "a.nii.gz"), NiftiBytes.Image()));
        var key = TestKeys.Add(server.Studies, "ada", Role.User);
        await SendAsync(server, HttpMethod.Post, "/auth/token", null, new FormUrlEncodedContent([new("username", "x"), new("password", "wrong")]));
        await SendAsync(server, HttpMethod.Post, "/auth/token", null, new FormUrlEncodedContent([new("username", "x"), new("password", key)]));
        await SendAsync(server, HttpMethod.Get, "/info/", key);
        await SendAsync(server, HttpMethod.Post, "/activelearning/first", key);
        await SendAsync(server, HttpMethod.Get, "/datastore/image?image=a", key);
        await SendAsync(server, HttpMethod.Get, "/datastore/image?image=a", null);
        var lines = Lines(server);
        Assert.Equal(["auth.token refused", "auth.token ok", "image.read-without-token ok"], lines.Select(l => $"{l["action"]} {l["outcome"]}"));
        Assert.Equal("ada", lines[1]["user"]!.GetValue<string>());
        Assert.Equal("ada", lines[2]["granted_to"]!.GetValue<string>());
        Assert.DoesNotContain(key, string.Concat(lines.Select(l => l.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogLevel_CanBeChangedAtRunTime_AndIsRecorded()
    {
        await using var server = await RunningServer.StartAsync();
        await server.Client.PostAsync("/infer/none", null, Token);
        using var put = await server.Client.PutAsync("/logs/level", new StringContent("""{"level": "error"}""", null, "application/json"), Token);
        Assert.Equal("""{"level":"ERROR"}""", await put.Content.ReadAsStringAsync(Token));
        await server.Client.PostAsync("/infer/neverlogged", null, Token);
        var log = await server.Client.GetStringAsync("/logs/?text=true", Token);
        Assert.Contains("'none'", log, StringComparison.Ordinal);
        Assert.DoesNotContain("neverlogged", log, StringComparison.Ordinal);
        using var wrong = await server.Client.PutAsync("/logs/level", new StringContent("""{"level": "LOUD"}""", null, "application/json"), Token);
        Assert.Equal(400, (int)wrong.StatusCode);
        var lines = await File.ReadAllLinesAsync(Path.Combine(server.StudiesFolder, ".labelserver", "audit", "audit.jsonl"), Token);
        Assert.Contains(lines, l => l.Contains("config.log-level", StringComparison.Ordinal) && l.Contains("\"former\":\"INFO\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RequestIds_NameLinesOfTheLog()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PostAsync("/infer/none", null, Token);
        var id = answer.Headers.GetValues("X-Request-Id").Single();
        Assert.Equal(32, id.Length);
        Assert.Contains($"[request {id}]", await server.Client.GetStringAsync("/logs/?text=true", Token), StringComparison.Ordinal);
        var forged = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        forged.Headers.TryAddWithoutValidation("X-Request-Id", "two words");
        using var second = await server.Client.SendAsync(forged, Token);
        Assert.NotEqual("two words", second.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task FullFile_GetsANameWithTheTime_AndTheOldestGo()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        await using (var log = new AuditLog(new AuditOptions { Folder = folder.Path, SizeLimit = 200, KeptFiles = 2 }, time, NullLogger<AuditLog>.Instance))
        {
            for (var i = 0; i < 12; i++)
            {
                time.Advance(1);
                await log.AppendAsync(Entry(time, $"action-{i}"));
            }
        }

        var files = Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, files.Count);
        var last = File.ReadAllLines(Path.Combine(folder.Path, "audit.jsonl"));
        Assert.Equal("action-11", JsonNode.Parse(last[^1])!["action"]!.GetValue<string>());
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 200));
    }

    [Fact]
    public async Task HalfALine_OfAPowerCut_IsNotGluedToTheNextOne()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "audit.jsonl"), "{\"half", Token);
        await using (var log = new AuditLog(new AuditOptions { Folder = folder.Path }, new ManualTime(), NullLogger<AuditLog>.Instance))
            await log.AppendAsync(Entry(new ManualTime(), "next"));
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "audit.jsonl"), Token);
        Assert.Equal("next", JsonNode.Parse(lines[1])!["action"]!.GetValue<string>());
    }

    [Fact]
    public async Task ManyAtOnce_AreAllThere()
    {
        using var folder = new TemporaryFolder();
        await using var log = new AuditLog(new AuditOptions { Folder = folder.Path }, new ManualTime(), NullLogger<AuditLog>.Instance);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(() => log.AppendAsync(Entry(new ManualTime(), $"a{i}")), Token)));
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "audit.jsonl"), Token);
        Assert.Equal(500, lines.Select(l => JsonNode.Parse(l)!["action"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public async Task DiskThatRefuses_LosesNothingSilently()
    {
        using var folder = new TemporaryFolder();
        var inTheWay = Path.Combine(folder.Path, "audit");
        await File.WriteAllTextAsync(inTheWay, "a file where the folder should be", Token);
        var logger = new RecordingLogger<AuditLog>();
        await using var log = new AuditLog(new AuditOptions { Folder = inTheWay }, new ManualTime(), logger);
        await log.AppendAsync(Entry(new ManualTime(), "kept-in-the-log"));
        Assert.True(log.IsFailing);
        Assert.Equal(1, log.Failures);
        Assert.Contains("kept-in-the-log", string.Concat(logger.Messages), StringComparison.Ordinal);

        File.Delete(inTheWay);
        await log.AppendAsync(Entry(new ManualTime(), "written"));
        Assert.False(log.IsFailing);
        Assert.Contains("written", await File.ReadAllTextAsync(Path.Combine(inTheWay, "audit.jsonl"), Token), StringComparison.Ordinal);
    }

    private static AuditEntry Entry(ManualTime time, string action) => new() { Time = time.Now, Action = action, Outcome = "ok", User = "ada" };

    private static List<JsonObject> Lines(StoreServer server)
        => [.. File.ReadAllLines(Path.Combine(server.Studies, ".labelserver", "audit", "audit.jsonl")).Select(l => JsonNode.Parse(l)!.AsObject())];

    private static string Without(JsonObject json, string name)
    {
        json.Remove(name);
        return json.ToJsonString();
    }

    private static async Task SendAsync(StoreServer server, HttpMethod method, string path, string? key, HttpContent? content = null)
    {
        using var answer = await server.Client.SendAsync(TestKeys.Request(method, path, key, content), Token);
    }
}
