using LabelServer.Bundles;
using LabelServer.Inference;
using LabelServer.Inference.Pipelines;
using LabelServer.Learning.Networks;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Pipelines;

/// <summary>Opening bundles that others wrote.</summary>
public sealed class ModelZooTests
{
    public static TheoryData<string> Bundles
    {
        get
        {
            var data = new TheoryData<string>();
            var zoo = SharedFolders.Data is null ? null : Path.Combine(SharedFolders.Data, "model-zoo");
            if (zoo is not null && Directory.Exists(zoo))
            {
                foreach (var bundle in Directory.EnumerateDirectories(zoo).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal))
                {
                    data.Add(bundle);
                }
            }

            if (data.Count == 0)
            {
                data.Add(string.Empty);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public void Open_AnyBundleOfTheZoo_WorksOrNamesBundleAndReason(string name)
    {
        Assert.SkipWhen(name.Length == 0, "No bundles: set LABELSERVER_DATA.");
        var folder = SharedFolders.RequireData("model-zoo", name);

        var exception = Record.Exception(() => new BundleRunnerFactory(new TorchNetworkFactory()).Open(folder).Dispose());

        if (exception is not null)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(exception.Message);
            Assert.True(exception is InferenceException or BundleException, exception.ToString());
            Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_OwnBundlesForInference_Works()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(SharedFolders.Repository, "models")).Where(f => File.Exists(Path.Combine(f, "configs", "inference.json"))))
        {
            using var runner = new BundleRunnerFactory(new TorchNetworkFactory()).Open(folder);
            Assert.Equal(Path.GetFileName(folder), runner.Name);
        }
    }
}
