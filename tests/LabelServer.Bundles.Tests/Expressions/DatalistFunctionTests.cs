using LabelServer.Bundles.Config;
using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Tests.Expressions;

public sealed class DatalistFunctionTests
{
    [Fact]
    public void Resolve_DatalistInTheBundle_JoinsImageAndLabelWithTheFolder()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "list.json"), """{ "training": [{ "image": "./imagesTr/a.nii.gz", "label": "labelsTr/a.nii.gz", "age": 4 }], "test": ["imagesTs/b.nii.gz"] }""");

        var resolver = Resolver(folder.Path, """
            "train": "$monai.data.load_decathlon_datalist('list.json', data_list_key='training', base_dir='/data')",
            "test": "$monai.data.load_decathlon_datalist('list.json', True, 'test')",
            "missing": "$monai.data.load_decathlon_datalist('none.json')"
            """);

        Assert.Equal("""[{"image":"/data/imagesTr/a.nii.gz","label":"/data/labelsTr/a.nii.gz","age":4}]""", ConfigJson.Write(resolver.Resolve("train")));
        Assert.Equal("""[{"image":"imagesTs/b.nii.gz"}]""", ConfigJson.Write(resolver.Resolve("test")));
        Assert.Equal(SymbolKinds.Call, Assert.IsType<ConfigValue.Symbol>(resolver.Resolve("missing")).Kind);
    }

    [Fact]
    public void Resolve_DatalistOutsideOfTheFolders_IsNotRead()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var path = Path.Combine(other.Path, "list.json").Replace('\\', '/');
        File.WriteAllText(path, """{ "training": [{ "image": "a" }] }""");

        Assert.IsType<ConfigValue.Symbol>(Resolver(folder.Path, $"\"train\": \"$monai.data.load_decathlon_datalist('{path}')\"").Resolve("train"));
    }

    [Fact]
    public void Resolve_DatalistWithoutThatKey_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "list.json"), "{}");
        var resolver = Resolver(folder.Path, "\"train\": \"$monai.data.load_decathlon_datalist('list.json')\"");

        resolver.Resolve("train");

        Assert.Contains("no list 'training'", Assert.Single(resolver.Unsupported).Reason, StringComparison.Ordinal);
    }

    private static ConfigResolver Resolver(string folder, string content) => new(
        ConfigDocument.Parse($"{{ {content} }}", ConfigFormat.Json),
        new ConfigResolverOptions { BundleName = "test", Expressions = new ExpressionOptions { Folders = [folder] } });
}
