using LabelServer.Bundles.Config;
using LabelServer.Bundles.Metadata;

namespace LabelServer.Bundles.Tests;

public sealed class BundleTests
{
    private const string Metadata = """
        {"version": "0.1.0", "name": "Demo", "intended_use": "Not for patients.", "network_data_format": {
          "inputs": {"image": {"type": "image", "num_channels": 1, "spatial_shape": [96, "16*n", "*"], "dtype": "float32", "value_range": [-1, 0.5], "is_patch_data": true, "channel_def": {"0": "image"}}},
          "outputs": {"pred": {"type": "image", "num_channels": 3, "channel_def": {"2": "spleen", "0": "background", "10": "liver"}}}}}
        """;

    [Fact]
    public void Open_CompleteBundle_GivesWhatItSays()
    {
        using var folder = new TemporaryFolder();
        folder.Write("demo/configs/metadata.json", Metadata);
        folder.Write("demo/configs/inference.json", """{"bundle_root": ".", "path": "$@bundle_root + '/models/model.pt'"}""");
        folder.Write("demo/configs/train.yaml", "a: 1\n");
        folder.Write("demo/models/model.pt", "x");
        folder.Write("demo/models/notes.txt", "x");
        folder.Write("demo/large_files.yml", "large_files:\n- path: models/model.pt\n  url: https://example.org/model.pt\n  hash_val: ADED45DEA52F9C00B37922BCD0A98502\n  hash_type: md5\n");
        var bundle = Bundle.Open(Path.Combine(folder.Path, "demo"));

        Assert.Equal(("demo", "Demo", "0.1.0", "Not for patients."), (bundle.Name, bundle.Metadata.Name, bundle.Metadata.Version, bundle.Metadata.IntendedUse));
        Assert.Equal(["inference", "train"], bundle.FindConfigs());
        Assert.Equal(["models/model.pt"], bundle.FindWeights().Select(w => w.Name));
        Assert.Equal([new LargeFile("models/model.pt", new Uri("https://example.org/model.pt"), "aded45dea52f9c00b37922bcd0a98502", "md5")], bundle.LargeFiles);
        Assert.Equal([KeyValuePair.Create(2, "spleen"), KeyValuePair.Create(10, "liver")], bundle.Metadata.Labels);
        var image = Assert.Single(bundle.Metadata.Inputs);
        Assert.Equal((1, true, "float32", 3), (image.Channels, image.IsPatchData, image.Dtype, image.SpatialShape.Count));
        Assert.Equal([-1, 0.5], image.ValueRange);
        var path = bundle.CreateResolver(bundle.LoadConfig("inference")).Resolve("path");
        Assert.Equal(new ConfigValue.Text(bundle.Folder.Replace('\\', '/') + "/models/model.pt"), path);
    }

    [Fact]
    public void FindWeights_FileDroppedInLater_IsSeen()
    {
        using var folder = new TemporaryFolder();
        folder.Write("demo/configs/metadata.json", Metadata);
        var bundle = Bundle.Open(Path.Combine(folder.Path, "demo"));
        Assert.Empty(bundle.FindWeights());

        folder.Write("demo/models/model.pt", "weights");

        Assert.Equal(7, Assert.Single(bundle.FindWeights()).Bytes);
    }

    [Fact]
    public void Open_NoFolderOrNoMetadata_SaysWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("demo/configs/inference.json", "{}");

        Assert.Contains("There is no bundle folder", Assert.Throws<BundleException>(() => Bundle.Open(Path.Combine(folder.Path, "other"))).Message, StringComparison.Ordinal);
        Assert.Equal("demo/configs/metadata.json: The file is missing; every bundle has one.", Assert.Throws<MetadataException>(() => Bundle.Open(Path.Combine(folder.Path, "demo"))).Message);
    }

    [Fact]
    public void Open_EverythingWrong_ListsAllProblems()
    {
        using var folder = new TemporaryFolder();
        folder.Write("demo/configs/metadata.json", """
            {"name": 5, "network_data_format": {"inputs": [], "outputs": {"pred": {"num_channels": -1, "spatial_shape": [0], "value_range": ["a"], "channel_def": {"x": "a", "1": 2, "3": "c", "03": "d"}}, "other": 1}}}
            """);

        var problems = Assert.Throws<MetadataException>(() => Bundle.Open(Path.Combine(folder.Path, "demo"))).Problems;

        Assert.Equal(
            [
                "'version' is missing: write the bundle's version, such as \"0.1.0\".",
                "'network_data_format::inputs' must be a dictionary.",
                "'network_data_format::outputs::pred::num_channels' must be a whole number from 0 to 100000.",
                "'network_data_format::outputs::pred::spatial_shape' must be a list of sizes above 0 or texts such as \"16*n\".",
                "'network_data_format::outputs::pred::value_range' must be a list of numbers.",
                "'network_data_format::outputs::pred::channel_def::x' must have a whole number as its key and a name as its value.",
                "'network_data_format::outputs::pred::channel_def::1' must have a whole number as its key and a name as its value.",
                "'network_data_format::outputs::pred::channel_def' names 3 twice.",
                "'network_data_format::outputs::other' must be a dictionary.",
                "'name' must be text.",
            ],
            problems);
    }

    [Theory]
    [InlineData("path: ../x, url: 'https://a.b/c'", "'large_files::0::path' is '../x': it must be a relative path inside the bundle.")]
    [InlineData("path: /etc/x, url: 'https://a.b/c'", "'large_files::0::path' is '/etc/x': it must be a relative path inside the bundle.")]
    [InlineData("path: 'C:\\x', url: 'https://a.b/c'", "'large_files::0::path' is 'C:/x': it must be a relative path inside the bundle.")]
    [InlineData("path: 'a\\..\\..\\x', url: 'https://a.b/c'", "'large_files::0::path' is 'a/../../x': it must be a relative path inside the bundle.")]
    [InlineData("path: x, url: 'file:///etc/passwd'", "'large_files::0::url' must be an http or https address.")]
    [InlineData("path: x, url: 'https://a.b/c', hash_val: abc", "'large_files::0::hash_val' and 'hash_type' do not fit: known are md5 with 32 hexadecimal digits, sha1 with 40 hexadecimal digits, sha256 with 64 hexadecimal digits, sha512 with 128 hexadecimal digits.")]
    [InlineData("path: x, url: 'https://a.b/c', hash_type: crc", "'large_files::0::hash_val' and 'hash_type' do not fit: known are md5 with 32 hexadecimal digits, sha1 with 40 hexadecimal digits, sha256 with 64 hexadecimal digits, sha512 with 128 hexadecimal digits.")]
    public void Open_LargeFileThatLeavesTheBundle_IsRefused(string entry, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("demo/configs/metadata.json", Metadata);
        folder.Write("demo/large_files.yml", $"large_files:\n- {{{entry}}}\n");

        Assert.Equal([expected], Assert.Throws<MetadataException>(() => Bundle.Open(Path.Combine(folder.Path, "demo"))).Problems);
    }

    [Fact]
    public void LoadConfig_UnknownName_NamesThoseThatExist()
    {
        using var folder = new TemporaryFolder();
        folder.Write("demo/configs/metadata.json", Metadata);
        folder.Write("demo/configs/inference.json", "{}");
        var bundle = Bundle.Open(Path.Combine(folder.Path, "demo"));

        Assert.Equal("The bundle 'demo' has no config 'train'. It has: inference.", Assert.Throws<ConfigException>(() => bundle.LoadConfig("train")).Message);
        Assert.False(bundle.HasConfig("../configs/inference"));
        Assert.True(bundle.HasConfig("inference"));
    }
}
