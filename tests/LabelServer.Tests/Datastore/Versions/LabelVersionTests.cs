using System.Text.Json.Nodes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore.Versions;

public sealed class LabelVersionTests
{
    [Fact]
    public async Task EachVersion_KeepsWhoWhenFromWhichModelAndWhichParent()
    {
        await using var server = await StartAsync();
        await SubmitAsync(server, "ann", [1, 1], model: "m1");
        server.Time.Advance(60);
        var first = (await VersionsAsync(server))[0];
        await SubmitAsync(server, "ann", [1, 2], model: "m2");

        var versions = await VersionsAsync(server);
        Assert.Equal(2, versions.Count);
        Assert.Equal((true, "ann@127.0.0.1", "ann", "m2", 1_700_000_060), ((bool)versions[0]!["current"]!, (string?)versions[0]!["by"], (string?)versions[0]!["client_id"], (string?)versions[0]!["model"], (int)versions[0]!["ts"]!));
        Assert.Equal((string)first!["version"]!, (string?)versions[0]!["parent"]);
        Assert.Equal(((string)first["version"]!, false, "m1", 1_700_000_000), ((string)versions[1]!["version"]!, (bool)versions[1]!["current"]!, (string)versions[1]!["model"]!, (int)versions[1]!["ts"]!));
        Assert.Null((string?)versions[0]!["conflict_with"]);
    }

    [Fact]
    public async Task ASubmitThatSaysAnOldParent_IsKeptBesideTheNewest_AndFlagged()
    {
        await using var server = await StartAsync();
        await SubmitAsync(server, "ann", [1, 1]);
        var old = (string)(await VersionsAsync(server))[0]!["version"]!;
        await SubmitAsync(server, "ben", [1, 2], parent: old);
        var answer = await SubmitAsync(server, "cem", [2, 2], parent: old);

        Assert.Contains("beside the newest", (string)answer["conflict"]!, StringComparison.Ordinal);
        var versions = await VersionsAsync(server);
        Assert.Equal(["ben@127.0.0.1", "cem@127.0.0.1", "ann@127.0.0.1"], versions.Select(v => (string)v!["by"]!));
        Assert.Equal([true, false, false], versions.Select(v => (bool)v!["current"]!));
        Assert.Equal((string)versions[0]!["version"]!, (string?)versions[1]!["conflict_with"]);
        Assert.Equal(old, (string?)versions[1]!["parent"]);
        Assert.Equal(NiftiBytes.Label(1, 2), await server.Client.GetByteArrayAsync("/datastore/label?label=a&tag=final", TestContext.Current.CancellationToken));
        Assert.Equal(NiftiBytes.Label(2, 2), await server.Client.GetByteArrayAsync($"/datastore/label/version?label=a&version={versions[1]!["version"]}", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task APanelThatSaysNothing_IsComparedByWhatItWasGiven()
    {
        await using var server = await StartAsync();
        foreach (var client in new[] { "ann", "ben" })
        {
            // Both got the image while it had no label; ben's reservation of it followed when ann's had lapsed.
            var (_, next) = await server.SendAsync(HttpMethod.Post, "/activelearning/first", new StringContent($$"""{"client_id":"{{client}}"}""", System.Text.Encoding.UTF8, "application/json"));
            Assert.Equal("a", (string)next!["id"]!);
            server.Time.Advance(4000);
        }

        Assert.Null((await SubmitAsync(server, "ben", [1, 2]))["conflict"]);
        Assert.NotNull((await SubmitAsync(server, "ann", [2, 2]))["conflict"]);
        var versions = await VersionsAsync(server);
        Assert.Equal(["ben@127.0.0.1", "ann@127.0.0.1"], versions.Select(v => (string)v!["by"]!));

        // Ben goes on with his own label, which is the newest one.
        server.Time.Advance(1);
        Assert.Null((await SubmitAsync(server, "ben", [3, 3]))["conflict"]);

        // Ann opens it: the download, which carries no name, is of her address. Now she knows it.
        server.Time.Advance(1);
        await server.Client.GetByteArrayAsync("/datastore/label?label=a&tag=final", TestContext.Current.CancellationToken);
        server.Time.Advance(1);
        Assert.Null((await SubmitAsync(server, "ann", [4, 4]))["conflict"]);
        Assert.Equal("ann@127.0.0.1", (string)(await VersionsAsync(server))[0]!["by"]!);
        Assert.Equal(4, (await VersionsAsync(server)).Count);
    }

    [Fact]
    public async Task ReplacingAnothersLabelUnseen_IsFlaggedToo()
    {
        await using var server = await StartAsync();
        await SubmitAsync(server, "ann", [1, 1]);
        var answer = await SubmitAsync(server, "script", [2, 2]);
        Assert.Contains("takes the place", (string)answer["conflict"]!, StringComparison.Ordinal);
        var versions = await VersionsAsync(server);
        Assert.Equal(("script@127.0.0.1", (string)versions[1]!["version"]!), ((string)versions[0]!["by"]!, (string?)versions[0]!["conflict_with"]));
    }

    [Fact]
    public async Task ARestore_MakesANewVersionWithTheOldBytes()
    {
        await using var server = await StartAsync();
        await SubmitAsync(server, "ann", [1, 1]);
        var first = (string)(await VersionsAsync(server))[0]!["version"]!;
        server.Time.Advance(1);
        await SubmitAsync(server, "ann", [2, 2]);
        server.Time.Advance(1);
        var (status, answer) = await server.SendAsync(HttpMethod.Post, $"/datastore/label/versions/restore?label=a&version={first}");
        Assert.Equal((200, first), (status, (string)answer!["restored_from"]!));
        Assert.Equal(NiftiBytes.Label(1, 1), await server.Client.GetByteArrayAsync("/datastore/label?label=a&tag=final", TestContext.Current.CancellationToken));
        var versions = await VersionsAsync(server);
        Assert.Equal(3, versions.Count);
        Assert.Equal((first, "127.0.0.1", "ann"), ((string)versions[0]!["restored_from"]!, (string)versions[0]!["by"]!, (string)versions[0]!["client_id"]!));

        Assert.Equal(404, (await server.SendAsync(HttpMethod.Post, "/datastore/label/versions/restore?label=a&version=../../journal")).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, "/datastore/label/versions?label=nosuch")).Status);
        Assert.Equal(422, (await server.SendAsync(HttpMethod.Get, "/datastore/label/version?label=a")).Status);
    }

    [Fact]
    public async Task TwoReaders_AreComparedStructureByStructureByName()
    {
        await using var server = await StartAsync();
        await SubmitAsync(server, "ann", [1, 1, 2, 0], names: ["liver", "spleen"]);
        var first = (string)(await VersionsAsync(server))[0]!["version"]!;
        server.Time.Advance(1);
        await SubmitAsync(server, "ben", [2, 0, 1, 1], names: ["spleen", "liver"], parent: first);
        var (_, answer) = await server.SendAsync(HttpMethod.Get, $"/datastore/label/compare?label=a&version={first}");
        Assert.Equal(("ann@127.0.0.1", "ben@127.0.0.1"), ((string)answer!["first"]!["by"]!, (string)answer["second"]!["by"]!));
        Assert.Equal(2.0 / 3, (double)answer["structures"]!["liver"]!["dice"]!, 1e-5);
        Assert.Equal(1, (double)answer["structures"]!["liver"]!["hausdorff95_mm"]!, 0.1);
        Assert.Equal(2.0 / 3, (double)answer["structures"]!["spleen"]!["dice"]!, 1e-5);
        Assert.Equal(0.002, (double)answer["structures"]!["liver"]!["first_ml"]!, 1e-6);
        Assert.Equal(2.0 / 3, (double)answer["mean_dice"]!, 1e-5);
    }

    [Fact]
    public async Task TwoReaders_WhoSpellAStructureInUpperAndLowerCase_MeanTheSame()
    {
        await using var server = await StartAsync();
        await SubmitAsync(server, "ann", [1, 1, 2, 0], names: ["Liver", "spleen"]);
        var first = (string)(await VersionsAsync(server))[0]!["version"]!;
        server.Time.Advance(1);
        await SubmitAsync(server, "ben", [1, 0, 2, 0], names: ["liver", "Spleen"], parent: first);
        var (_, answer) = await server.SendAsync(HttpMethod.Get, $"/datastore/label/compare?label=a&version={first}");
        Assert.Equal(["Liver", "spleen"], answer!["structures"]!.AsObject().Select(s => s.Key));
        Assert.Equal((2.0 / 3, 1), ((double)answer["structures"]!["Liver"]!["dice"]!, (double)answer["structures"]!["spleen"]!["dice"]!), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-5 && a.Item2 == b.Item2);
    }

    [Fact]
    public async Task ALabelFromElsewhere_HasAnIdThatStays_AndRemovingTheImageRemovesItsVersions()
    {
        await using var server = await StoreServer.StartAsync(studies =>
        {
            File.WriteAllBytes(Path.Combine(studies, "a.nii.gz"), NiftiBytes.Image());
            Directory.CreateDirectory(Path.Combine(studies, "labels", "final"));
            File.WriteAllBytes(Path.Combine(studies, "labels", "final", "a.nii.gz"), NiftiBytes.Label(1, 1));
        });
        var id = (string)(await VersionsAsync(server))[0]!["version"]!;
        server.Time.Advance(5);
        await SubmitAsync(server, "ann", [2, 2], parent: id);
        var versions = await VersionsAsync(server);
        Assert.Equal((id, id), ((string)versions[1]!["version"]!, (string)versions[0]!["parent"]!));
        await server.SendAsync(HttpMethod.Delete, "/datastore/image?id=a");
        Assert.Empty(Directory.GetFiles(Path.Combine(server.Studies, ".labelserver", "versions"), "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("parent=x/y", 400)]
    [InlineData("parent=", 200)]
    public async Task AParent_IsAnIdOrEmpty(string query, int status)
    {
        await using var server = await StartAsync();
        Assert.Equal(status, (await server.SendAsync(HttpMethod.Put, "/datastore/label?image=a&" + query, StoreServer.File("label", NiftiBytes.Label(1), "l.nii.gz"))).Status);
    }

    private static Task<StoreServer> StartAsync() => StoreServer.StartAsync(studies => File.WriteAllBytes(Path.Combine(studies, "a.nii.gz"), NiftiBytes.Image()));

    private static async Task<JsonArray> VersionsAsync(StoreServer server)
    {
        var (status, body) = await server.SendAsync(HttpMethod.Get, "/datastore/label/versions?label=a");
        Assert.Equal(200, status);
        return body!.AsArray();
    }

    private static async Task<JsonNode> SubmitAsync(StoreServer server, string client, byte[] values, string model = "m", string? parent = null, string[]? names = null)
    {
        var info = string.Join(',', (names ?? ["s1", "s2", "s3", "s4"]).Select(n => $$"""{"name":"{{n}}"}"""));
        var (status, body) = await server.SendAsync(
            HttpMethod.Put,
            "/datastore/label?image=a" + (parent is null ? string.Empty : "&parent=" + parent),
            StoreServer.File("label", NiftiBytes.Label(values), "l.nii.gz", $$"""{"client_id":"{{client}}","model":"{{model}}","label_info":[{{info}}]}"""));
        Assert.Equal(200, status);
        return body!;
    }
}
