using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Datastore.Checks;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Clients;

/// <summary>A studies folder that MONAI Label wrote opens here, goes on, and is MONAI Label's again afterwards.</summary>
public sealed class StudiesOfTheOriginalTests
{
    private const string Area = "studies_by_original";

    [Fact]
    public async Task Folder_GoesOnHereAndIsTheOriginalsAgainAfterwards()
    {
        string? folder = null;
        await using var server = await StoreServer.StartAsync(studies => Copy(folder = studies));
        var before = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(folder!, "datastore_v2.json"), TestContext.Current.CancellationToken))!["objects"]!.AsObject();
        var documents = (await server.SendAsync(HttpMethod.Get, "/datastore/?output=all")).Body!["objects"]!.AsObject();
        Assert.NotEmpty(documents);

        // Read as the original handed it out.
        var labelled = documents.First(o => o.Value!["labels"]!["final"] is not null).Key;
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder!, labelled + ".nii.gz"), TestContext.Current.CancellationToken), await server.Client.GetByteArrayAsync($"/datastore/image?image={labelled}", TestContext.Current.CancellationToken));
        var unlabelled = (await server.SendAsync(HttpMethod.Post, "/activelearning/first")).Body!["id"]!.GetValue<string>();
        Assert.Null(documents[unlabelled]!["labels"]!["final"]);

        // Go on: a label for the image that was served, one more image, a note, and a label less.
        var label = await LabelFor(server, unlabelled);
        await Require200(server, HttpMethod.Put, $"/datastore/label?image={unlabelled}", StoreServer.File("label", label, "t.nii.gz", """{"label_info":[{"name":"hippocampus","idx":1}]}"""));
        await Require200(server, HttpMethod.Put, "/datastore/?image=2%3A+new", StoreServer.File("file", NiftiBytes.Image(), "t.nii.gz"));
        await Require200(server, HttpMethod.Put, $"/datastore/updatelabelinfo?label={labelled}&tag=final", StoreServer.Form("params", """{"segmentationMeta":{"status":"approved"}}"""));
        var tagged = documents.SelectMany(o => o.Value!["labels"]!.AsObject().Select(l => (o.Key, Tag: l.Key))).First(l => l.Tag != "final");
        await Require200(server, HttpMethod.Delete, $"/datastore/label?id={tagged.Key}&tag={tagged.Tag}");
        server.Store.Flush();

        var after = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(folder!, "datastore_v2.json"), TestContext.Current.CancellationToken))!;
        RequireOriginalsForm(after, folder!);
        var objects = after["objects"]!.AsObject();
        Assert.NotNull(objects[unlabelled]!["labels"]!["final"]);
        Assert.Null(objects[tagged.Key]!["labels"]![tagged.Tag]);
        Assert.Equal("approved", objects[labelled]!["labels"]!["final"]!["info"]!["segmentationMeta"]!["status"]!.GetValue<string>());
        foreach (var (id, value) in documents.Where(d => d.Key != unlabelled && d.Key != labelled && d.Key != tagged.Key))
            Assert.Equal(before[id]!.ToJsonString(), objects[id]!.ToJsonString());
    }

    [Fact]
    public async Task Folder_WithoutWhatIsOurs_StillHasEveryImageLabelAndName()
    {
        string? folder = null;
        string expected;
        using var copy = new TemporaryFolder();
        await using (var server = await StoreServer.StartAsync(studies => Copy(folder = studies)))
        {
            var image = (await server.SendAsync(HttpMethod.Post, "/activelearning/first")).Body!["id"]!.GetValue<string>();
            await Require200(server, HttpMethod.Put, $"/datastore/label?image={image}&tag=version_1", StoreServer.File("label", await LabelFor(server, image), "t.nii.gz", """{"label_info":[{"name":"a","idx":1}]}"""));
            server.Store.Flush();
            expected = (await server.SendAsync(HttpMethod.Get, "/datastore/?output=all")).Body!.ToJsonString();
            CopyFolder(folder!, copy.Path);
        }

        Directory.Delete(Path.Combine(copy.Path, ".labelserver"), recursive: true);
        using var again = LocalDatastore.Open(new DatastoreOptions { StudiesFolder = copy.Path }, new VolumeInspector(), new TestStore.LabelMaps(), TimeProvider.System, NullLogger.Instance);
        Assert.Equal(expected, JsonNode.Parse(again.IndexForClients())!.ToJsonString());
    }

    // What monailabel/datastore/local.py requires when it loads the index, and where it then looks for the files.
    private static void RequireOriginalsForm(JsonNode index, string folder)
    {
        Assert.All(["name", "description", "images_dir", "labels_dir"], key => Assert.NotNull(index[key]));
        Assert.Equal(["name", "description", "images_dir", "labels_dir", "objects"], index.AsObject().Select(m => m.Key));
        foreach (var (id, entry) in index["objects"]!.AsObject())
        {
            var image = entry!["image"]!;
            Assert.IsType<JsonObject>(image["info"]);
            Assert.True(File.Exists(Path.Combine(folder, index["images_dir"]!.GetValue<string>(), id + image["ext"]!.GetValue<string>())), id);
            foreach (var (tag, label) in entry["labels"]!.AsObject())
            {
                Assert.IsType<JsonObject>(label!["info"]);
                Assert.True(File.Exists(Path.Combine(folder, index["labels_dir"]!.GetValue<string>(), tag, id + label["ext"]!.GetValue<string>())), $"{id} {tag}");
            }
        }
    }

    private static async Task<byte[]> LabelFor(StoreServer server, string image)
    {
        var grid = await server.Store.ReadGridAsync(image, TestContext.Current.CancellationToken);
        using var volume = new Imaging.Volumes.Volume<byte>(grid);
        volume.Samples[volume.Samples.Length / 2] = 1;
        using var bytes = new MemoryStream();
        await Imaging.Formats.VolumeWriter.WriteAsync(volume, bytes, Imaging.Formats.VolumeFileType.NiftiGzip, cancellationToken: TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    private static async Task Require200(StoreServer server, HttpMethod method, string path, HttpContent? content = null)
    {
        var (status, body) = await server.SendAsync(method, path, content);
        Assert.True(status == 200, $"{method} {path}: {status} {body?.ToJsonString()}");
    }

    private static void Copy(string target)
    {
        var source = SharedFolders.Golden is null ? null : Path.Combine(SharedFolders.Golden, Area);
        Assert.SkipUnless(Directory.Exists(source), $"No reference outputs for '{Area}': set LABELSERVER_GOLDEN.");
        CopyFolder(source!, target);
    }

    private static void CopyFolder(string source, string target)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock"))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
    }
}
