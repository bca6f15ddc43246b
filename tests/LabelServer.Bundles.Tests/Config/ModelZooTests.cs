using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Bundles.Expressions;
using LabelServer.Testing;

namespace LabelServer.Bundles.Tests.Config;

/// <summary>Every bundle and config of the model zoo: it opens, it loads, and what is not evaluated is named.</summary>
public sealed class ModelZooTests
{
    public static TheoryData<string> BundleFolders()
    {
        var data = new TheoryData<string>();
        var root = SharedFolders.Data is null ? null : Path.Combine(SharedFolders.Data, "model-zoo");
        if (root is not null && Directory.Exists(root))
        {
            foreach (var folder in Directory.EnumerateDirectories(root).Where(f => Directory.Exists(Path.Combine(f, "configs"))).Order(StringComparer.Ordinal))
            {
                data.Add(Path.GetFileName(folder));
            }
        }

        if (data.Count == 0)
        {
            data.Add(string.Empty);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(BundleFolders))]
    public void Open_BundleOfTheZoo_GivesMetadataConfigsAndLargeFiles(string name)
    {
        var bundle = Open(name);

        Assert.NotEmpty(bundle.Metadata.Version);
        Assert.NotEmpty(bundle.Metadata.Name);
        Assert.NotEmpty(bundle.FindConfigs());
        Assert.All(bundle.Metadata.Inputs.Concat(bundle.Metadata.Outputs), t => Assert.NotNull(t.Channels));
        Assert.Equal(File.Exists(Path.Combine(bundle.Folder, "large_files.yml")), bundle.LargeFiles.Count > 0);
    }

    [Theory]
    [MemberData(nameof(BundleFolders))]
    public void FindProblems_EachConfigAlone_NamesBundleKeyAndReason(string name)
    {
        var bundle = Open(name);
        var loaded = 0;
        foreach (var config in bundle.FindConfigs())
        {
            ConfigDocument document;
            try
            {
                document = bundle.LoadConfig(config);
            }
            catch (ConfigException e)
            {
                // Some change another config and cannot stand alone; data lists in the same folder are lists.
                Assert.True(e.Message.Contains("Is the config that defines it loaded before this one?", StringComparison.Ordinal) || e.Message.Contains("must hold a dictionary", StringComparison.Ordinal), e.ToString());
                continue;
            }

            loaded++;
            Assert.All(bundle.CreateResolver(document).FindProblems(), p =>
            {
                Assert.Equal(name, p.Bundle);
                Assert.NotEmpty(p.Key);
                Assert.NotEmpty(p.Reason);
            });
        }

        Assert.NotEqual(0, loaded);
    }

    [Fact]
    public void Parse_EveryExpressionOfTheZoo_IsUnderstood()
    {
        Assert.SkipWhen(SharedFolders.Golden is null, "No reference outputs: set LABELSERVER_GOLDEN.");
        var path = Path.Combine(SharedFolders.Golden!, "config", "expressions.json");
        Assert.SkipUnless(File.Exists(path), "No expressions.json among the reference outputs.");
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var wrong = new List<string>();
        foreach (var entry in json.RootElement.GetProperty("expressions").EnumerateArray())
        {
            var text = entry.GetProperty("expression").GetString()![1..];
            if (ConfigImports.IsImport(text))
            {
                continue;
            }

            try
            {
                ExpressionParser.Parse(text.Trim(), ExpressionLimits.Default, new ExpressionBudget(ExpressionLimits.Default));
            }
            catch (ExpressionException e)
            {
                wrong.Add($"{text}: {e.Message}");
            }
        }

        Assert.Empty(wrong);
    }

    private static Bundle Open(string name)
    {
        Assert.SkipWhen(name.Length == 0, "No shared data folder with a model zoo: set LABELSERVER_DATA.");
        return Bundle.Open(SharedFolders.RequireData("model-zoo", name));
    }
}
