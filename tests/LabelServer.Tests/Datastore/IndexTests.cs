using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

/// <summary>The index file of MONAI Label, in both directions.</summary>
public sealed class IndexTests
{
    private const string Original = "studies_by_original";

    [Fact]
    public async Task AFolderOfTheOriginal_OpensWithEverythingThatItsIndexSaysAboutFilesThatAreThere()
    {
        using var test = new TestStore();
        CopyOriginal(test.Path);
        var index = JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json")))!["objects"]!.AsObject();
        var expected = index.Where(o => File.Exists(test.FileAt(o.Key + (string)o.Value!["image"]!["ext"]!))).OrderBy(o => o.Key, StringComparer.Ordinal).ToList();

        Assert.Equal(expected.Select(o => o.Key), test.Store.ImageIds());
        foreach (var (id, value) in expected)
        {
            var image = test.Store.FindImage(id)!;
            Assert.Equal(value!["image"]!["info"]!.ToJsonString(), JsonNode.Parse(image.Info.ToString())!.ToJsonString());
            await using var file = test.Store.OpenImage(id);
            Assert.Equal(new FileInfo(test.FileAt(id + image.Extension)).Length, file.Length);
            foreach (var (tag, label) in value["labels"]!.AsObject())
            {
                Assert.Equal(label!["info"]!.ToJsonString(), JsonNode.Parse(image.FindLabel(tag)!.Info.ToString())!.ToJsonString());
                Assert.NotEmpty(await test.LabelBytesAsync(id, tag));
            }
        }

        Assert.Equal(expected.Count(o => o.Value!["labels"]!["final"] is not null), test.Store.Statistics.Completed);
    }

    [Fact]
    public void WhatIsWrittenBack_IsTheSameDocumentForTheOriginal()
    {
        using var test = new TestStore();
        CopyOriginal(test.Path);
        var before = JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json")))!;
        test.Store.Dispose();
        var after = JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json")))!;
        foreach (var key in new[] { "name", "description", "images_dir", "labels_dir" })
            Assert.Equal(before[key]!.ToJsonString(), after[key]!.ToJsonString());
        foreach (var (key, value) in after["objects"]!.AsObject())
            Assert.Equal(before["objects"]![key]!.ToJsonString(), value!.ToJsonString());
    }

    [Fact]
    public async Task EveryIndexedFile_LiesWhereTheOriginalLooksForIt()
    {
        using var test = new TestStore();
        foreach (var id in new[] { "plain", "2: T1", "a/b", "CON", "x.nii.gz" })
        {
            await test.AddImageAsync(id);
            await test.SaveLabelAsync(id);
        }

        test.Store.Flush();
        var index = JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json")))!["objects"]!.AsObject();
        Assert.Equal(5, index.Count);
        foreach (var (key, value) in index)
        {
            // local.py: file name = key + ext, in the image folder and in labels/<tag>.
            Assert.True(File.Exists(test.FileAt(key + (string)value!["image"]!["ext"]!)), key);
            foreach (var (tag, label) in value["labels"]!.AsObject())
                Assert.True(File.Exists(test.FileAt("labels", tag, key + (string)label!["ext"]!)), key);
        }
    }

    [Fact]
    public async Task MembersThatAreNotKnownHere_AreKept()
    {
        const string index = """
            {"name":"n","description":"d","images_dir":"","labels_dir":"labels","objects":{"x":{"image":{"ext":".nii.gz","info":{"a":1.50,"b":NaN},"new":[1]},
            "labels":{"final":{"ext":".nii.gz","info":{},"other":{"z":0.10}}},"more":true}},"version":3}
            """;
        using var test = new TestStore();
        test.WriteFile(NiftiBytes.Image(), "x.nii.gz");
        test.WriteFile(NiftiBytes.Label(1), "labels", "final", "x.nii.gz");
        test.WriteFile(Encoding.UTF8.GetBytes(index), "datastore_v2.json");
        await test.Store.UpdateImageInfoAsync("x", InfoDocument.Parse("""{"c":2}""", "test"), default);
        test.Store.Dispose();
        var written = JsonSerializer.Serialize(JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json"))));
        Assert.Equal(
            """{"name":"n","description":"d","images_dir":"","labels_dir":"labels","objects":{"x":{"image":{"ext":".nii.gz","info":{"a":1.50,"b":null,"c":2},"new":[1]},"labels":{"final":{"ext":".nii.gz","info":{},"other":{"z":0.10}}},"more":true}},"version":3}""",
            written);
    }

    [Fact]
    public void EntriesThatLeadOutside_AreLeftOut()
    {
        using var test = new TestStore();
        File.WriteAllBytes(Path.Combine(test.Outside, "out.nii.gz"), NiftiBytes.Image());
        test.WriteFile(NiftiBytes.Image(), "x.nii.gz");
        test.WriteFile("""
            {"name":"n","description":"d","objects":{"../out":{"image":{"ext":".nii.gz"}},"/etc/passwd":{"image":{"ext":""}},
            "x":{"image":{"ext":".nii.gz"},"labels":{"../../evil":{"ext":".nii.gz","info":{}},"final":{"ext":"/../../../out.nii.gz","info":{}}}}}}
            """u8.ToArray(), "datastore_v2.json");
        Assert.Equal(["x"], test.Store.ImageIds());
        Assert.Empty(test.Store.FindImage("x")!.Labels);
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("/tmp")]
    public void AnIndexWhoseFoldersLieOutside_StopsTheStart(string folder)
    {
        using var test = new TestStore();
        test.WriteFile(Encoding.UTF8.GetBytes($$$"""{"name":"n","description":"d","images_dir":"{{{folder}}}","objects":{}}"""), "datastore_v2.json");
        var error = Assert.Throws<DatastoreUnavailableException>(() => test.Store);
        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADamagedIndex_IsRebuiltFromTheJournalWithNames_AndKept()
    {
        using var test = new TestStore();
        await test.AddImageAsync("2: T1", info: """{"k":1}""");
        await test.SaveLabelAsync("2: T1", info: """{"label_info":[{"name":"spleen","idx":1},{"name":"liver","idx":2}]}""");
        test.Store.Dispose();
        var index = File.ReadAllBytes(test.FileAt("datastore_v2.json"));
        File.WriteAllBytes(test.FileAt("datastore_v2.json"), index[..(index.Length / 2)]);
        Assert.Equal(["2: T1"], test.Reopen().ImageIds());
        Assert.Equal("liver", test.Store.FindImage("2: T1")!.FindLabel("final")!.ValueNames()![2]);
        Assert.True(File.Exists(test.FileAt(".labelserver", "datastore_v2.json.damaged")));
    }

    [Fact]
    public async Task WithoutTheHiddenFolder_CurrentLabelsAndTheirNamesStay()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x", info: """{"label_info":[{"name":"spleen","idx":1},{"name":"liver","idx":2}]}""");
        test.Store.Dispose();
        Directory.Delete(test.FileAt(".labelserver"), recursive: true);
        Assert.Equal("liver", test.Reopen().FindImage("x")!.FindLabel("final")!.ValueNames()![2]);
        Assert.Equal(NiftiBytes.Label(1, 2), await test.LabelBytesAsync("x"));
    }

    [Fact]
    public async Task AnIndexChangedByAnotherProgram_IsTakenOver()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        test.Store.Flush();
        var index = JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json")))!;
        index["objects"]!["x"]!["image"]!["info"]!["dice"] = 0.5;
        File.WriteAllText(test.FileAt("datastore_v2.json"), index.ToJsonString());
        test.Store.Refresh();
        Assert.True(test.Store.FindImage("x")!.Info.TryGet("dice", out _));
        test.Store.Dispose();
        Assert.Equal(0.5, (double)JsonNode.Parse(File.ReadAllBytes(test.FileAt("datastore_v2.json")))!["objects"]!["x"]!["image"]!["info"]!["dice"]!);
    }

    [Fact]
    public async Task ALongJournal_IsStartedAnewWithoutLoss()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var text = new string('a', 500_000);
        for (var i = 0; i < 40; i++)
        {
            await test.Store.UpdateImageInfoAsync("x", InfoDocument.Parse($$"""{"n":{{i}},"text":"{{text}}"}""", "test"), default);
            test.Store.Flush();
        }

        Assert.InRange(new FileInfo(test.FileAt(".labelserver", "journal")).Length, 1, 9 * 1024 * 1024);
        File.Delete(test.FileAt("datastore_v2.json"));
        Assert.Contains("\"n\":39", test.Reopen().FindImage("x")!.Info.ToString(), StringComparison.Ordinal);
    }

    private static void CopyOriginal(string target)
    {
        var source = SharedFolders.Golden is null ? null : Path.Combine(SharedFolders.Golden, Original);
        Assert.SkipUnless(Directory.Exists(source), $"No reference outputs for '{Original}': set LABELSERVER_GOLDEN.");
        foreach (var file in Directory.GetFiles(source!, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
    }
}
