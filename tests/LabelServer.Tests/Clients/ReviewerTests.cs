using System.Text.Json.Nodes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Clients;

/// <summary>What MONAI Label Reviewer sends, in its order and its spelling (protocol 11.1), to a server without any model.</summary>
public sealed class ReviewerTests
{
    private static readonly string[] MetaKeys = ["status", "approvedBy", "level", "comment", "editTime"];

    [Fact]
    public async Task Review_FromConnectingToANewVersion()
    {
        await using var server = await StoreServer.StartAsync(app: "review");
        await Ok(server, HttpMethod.Put, "/datastore/?image=MR+head+1", StoreServer.File("file", NiftiBytes.Image(), "/tmp/s/MR head 1.nii.gz", """{"client_id":"ann"}"""));
        await Ok(server, HttpMethod.Put, "/datastore/label?image=MR+head+1", StoreServer.File("label", NiftiBytes.Label(1), "tmp.nii.gz", """{"label_info":[{"name":"spleen","idx":1}],"client_id":"ann"}"""));

        // Connect: the page, then everything at once.
        Assert.Equal(200, (int)(await server.Client.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
        var image = (await Document(server))["MR head 1"]!;
        var name = image["image"]!["info"]!["name"]!.GetValue<string>();
        Assert.EndsWith(".nii.gz", name, StringComparison.Ordinal);
        Assert.Equal(JsonValueKindOf(1), image["image"]!["info"]!["ts"]!.GetValueKind());
        Assert.Equal("ann", image["labels"]!["final"]!["info"]!["client_id"]!.GetValue<string>());
        Assert.NotEmpty(image["labels"]!["final"]!["info"]!["label_info"]!.AsArray());

        // Show it.
        Assert.NotEmpty(await server.Client.GetByteArrayAsync("/datastore/image?image=MR%20head%201", TestContext.Current.CancellationToken));
        Assert.NotEmpty(await server.Client.GetByteArrayAsync("/datastore/label?label=MR%20head%201&tag=final", TestContext.Current.CancellationToken));

        // Flag it, save a version with the id as it is (a space goes out as %20), approve that, and clear the first.
        await Ok(server, HttpMethod.Put, "/datastore/updatelabelinfo?label=MR%20head%201&tag=final", StoreServer.Form("params", Meta("flagged")));
        await Ok(server, HttpMethod.Put, "/datastore/label?image=MR%20head%201&tag=version_1", StoreServer.File("label", NiftiBytes.Label(1), "MR head 1.nii.gz", """{"label_info":[{"name":"spleen","idx":1}],""" + Meta("approved")[1..]));
        await Ok(server, HttpMethod.Put, "/datastore/updatelabelinfo?label=MR%20head%201&tag=version_1", StoreServer.Form("params", Meta("approved")));
        await Ok(server, HttpMethod.Put, "/datastore/updatelabelinfo?label=MR%20head%201&tag=final", StoreServer.Form("params", Meta(string.Empty)));

        var labels = (await Document(server))["MR head 1"]!["labels"]!.AsObject();
        Assert.Equal("version_1", labels.Last().Key);
        foreach (var (_, label) in labels)
            Assert.All(MetaKeys, key => Assert.NotNull(label!["info"]!["segmentationMeta"]![key]));
        Assert.Equal("approved", labels["version_1"]!["info"]!["segmentationMeta"]!["status"]!.GetValue<string>());
        Assert.Equal(JsonValueKindOf(1), labels["final"]!["info"]!["segmentationMeta"]!["editTime"]!.GetValueKind());

        await Ok(server, HttpMethod.Delete, "/datastore/label?id=MR%20head%201&tag=version_1");
        Assert.Equal(["final"], (await Document(server))["MR head 1"]!["labels"]!.AsObject().Select(l => l.Key));
    }

    [Fact]
    public async Task ReviewApp_ListsNoModelAndWarnsOfNothing()
    {
        await using var server = await StoreServer.StartAsync(app: "review");
        var info = (await server.SendAsync(HttpMethod.Get, "/info/")).Body!;
        Assert.Empty(info["models"]!.AsObject());
        Assert.Empty(info["labels"]!.AsArray());
        Assert.DoesNotContain("bundle", info["description"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Post, "/infer/anything?image=x")).Status);
    }

    private static string Meta(string status) => """{"segmentationMeta":{"status":"STATUS","approvedBy":"rev","level":"easy","comment":"ü","editTime":1700000000}}""".Replace("STATUS", status, StringComparison.Ordinal);

    private static System.Text.Json.JsonValueKind JsonValueKindOf(int value) => JsonValue.Create(value).GetValueKind();

    private static async Task<JsonObject> Document(StoreServer server) => (await server.SendAsync(HttpMethod.Get, "/datastore/?output=all")).Body!["objects"]!.AsObject();

    private static async Task Ok(StoreServer server, HttpMethod method, string path, HttpContent? content = null)
    {
        var (status, body) = await server.SendAsync(method, path, content);
        Assert.True(status == 200, $"{method} {path}: {status} {body?.ToJsonString()}");
    }
}
