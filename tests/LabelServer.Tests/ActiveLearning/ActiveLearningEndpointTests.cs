using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.ActiveLearning;

public sealed class ActiveLearningEndpointTests
{
    private static readonly string Checksum = "SHA256:" + Convert.ToHexStringLower(SHA256.HashData(NiftiBytes.Image()));

    [Fact]
    public async Task First_AnswersIdPathInfoAndChecksum_AndNotesTheServing()
    {
        await using var server = await StartAsync("b", "a");
        var (status, answer) = await NextAsync(server, "first", """{"client_id":"user-xyz"}""");
        Assert.Equal(200, status);
        Assert.Equal(
            $$"""{"id":"a","path":"{{Path.Combine(server.Studies, "a.nii.gz")}}","ts":1700000000,"name":"a.nii.gz","checksum":"{{Checksum}}"}""",
            answer!.ToJsonString());

        // The reservation has lapsed.
        server.Time.Advance(3601);
        (_, answer) = await NextAsync(server, "first");
        Assert.Equal("""{"first":{"ts":1700000000,"client_id":"user-xyz"}}""", answer!["strategy"]!.ToJsonString());
        (_, answer) = await NextAsync(server, "last", "null");
        Assert.Equal("b", (string)answer!["id"]!);
        Assert.Equal("""{"first":{"ts":1700003601,"client_id":"admin"}}""", server.Store.FindImage("a")!.Info.Members.Single(m => m.Key == "strategy").Value.GetRawText());
    }

    [Fact]
    public async Task Random_GoesOnWhenEverythingWasServedThisSecond()
    {
        await using var server = await StartAsync("a", "b");
        var served = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            var (_, answer) = await NextAsync(server, "random");
            Assert.Equal(1_700_000_000, (long)answer!["weight"]!);
            served.Add((string)answer["id"]!);
        }

        // The second draw could not take the first image again: its weight was 0.
        Assert.Equal(2, served.Count);
        var (status, again) = await NextAsync(server, "random");
        Assert.Equal((200, 0), (status, (long)again!["weight"]!));
    }

    [Fact]
    public async Task NothingLeft_IsAnEmptyObject()
    {
        await using var server = await StartAsync("a");
        await server.SendAsync(HttpMethod.Put, "/datastore/label?image=a", StoreServer.File("label", NiftiBytes.Label(1), "l.nii.gz"));
        foreach (var strategy in new[] { "first", "last", "random" })
            Assert.Equal("{}", (await NextAsync(server, strategy)).Body!.ToJsonString());
    }

    [Fact]
    public async Task AnUnknownStrategy_Is404_AndTheBodyDoesNotOverrideThePath()
    {
        await using var server = await StartAsync("a");
        var (status, answer) = await NextAsync(server, "nosuch");
        Assert.Equal(404, status);
        Assert.Contains("random", (string)answer!["detail"]!, StringComparison.Ordinal);
        Assert.Equal("a", (string)(await NextAsync(server, "first", """{"strategy":"nosuch"}""")).Body!["id"]!);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("\"x\"")]
    public async Task ABodyThatIsNoObject_Is422(string body)
    {
        await using var server = await StartAsync("a");
        Assert.Equal(422, (await NextAsync(server, "first", body)).Status);
    }

    [Fact]
    public async Task OtherMachines_GetAnAddressAsPath()
    {
        await using var server = await StartAsync("a");
        server.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Equal("/datastore/image?image=a", (string)(await NextAsync(server, "first")).Body!["path"]!);
    }

    [Fact]
    public async Task AFileThatWasReplacedByHand_HasItsNewChecksum()
    {
        await using var server = await StartAsync("a");
        await NextAsync(server, "first");
        File.WriteAllBytes(Path.Combine(server.Studies, "a.nii.gz"), NiftiBytes.Label(4, 4, 4, 4));
        var expected = "SHA256:" + Convert.ToHexStringLower(SHA256.HashData(NiftiBytes.Label(4, 4, 4, 4)));
        Assert.Equal(expected, (string)(await NextAsync(server, "first")).Body!["checksum"]!);
    }

    [Fact]
    public async Task ManyAnnotatorsAtOnce_GetDifferentImages()
    {
        await using var server = await StartAsync([.. Enumerable.Range(0, 8).Select(i => $"image{i}")]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => NextAsync(server, "random")));
        Assert.Equal(8, answers.Select(a => (string)a.Body!["id"]!).Distinct().Count());
    }

    private static Task<StoreServer> StartAsync(params string[] ids) => StoreServer.StartAsync(studies =>
    {
        foreach (var id in ids)
            File.WriteAllBytes(Path.Combine(studies, id + ".nii.gz"), NiftiBytes.Image());
    });

    private static async Task<(int Status, JsonNode? Body)> NextAsync(StoreServer server, string strategy, string? body = null) =>
        await server.SendAsync(HttpMethod.Post, "/activelearning/" + strategy, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));
}
