using LabelServer.Worker.Calls;
using LabelServer.Worker.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Worker.Tests.Calls;

public sealed class BundleRunnerCacheTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("labelserver-test-");
    private readonly ScriptedRunner _runner = new((_, _, _) => throw new InvalidOperationException());

    [Fact]
    public void Get_SameBundleTwice_OpensItOnce()
    {
        using var cache = new BundleRunnerCache(_runner, NullLogger<BundleRunnerCache>.Instance);
        var folder = Bundle("a");

        cache.Get(folder);
        cache.Get(folder);

        Assert.Equal(1, _runner.Opened);
        Assert.Equal([folder], cache.Folders);
    }

    [Fact]
    public void Get_WeightsReplaced_OpensItAgainAndClosesTheOldOne()
    {
        using var cache = new BundleRunnerCache(_runner, NullLogger<BundleRunnerCache>.Instance);
        var folder = Bundle("a");
        cache.Get(folder);

        File.WriteAllText(Path.Combine(folder, "models", "model.pt"), "newly trained");
        cache.Get(folder);

        Assert.Equal(2, _runner.Opened);
        Assert.Equal(1, _runner.Disposed);
    }

    [Fact]
    public void Get_ThirdBundle_ClosesTheOneUsedLongestAgo()
    {
        using var cache = new BundleRunnerCache(_runner, NullLogger<BundleRunnerCache>.Instance);
        var (a, b, c) = (Bundle("a"), Bundle("b"), Bundle("c"));

        cache.Get(a);
        cache.Get(b);
        cache.Get(a);
        cache.Get(c);

        Assert.Equal([c, a], cache.Folders);
        Assert.Equal(1, _runner.Disposed);
    }

    [Fact]
    public void Dispose_OpenBundles_ClosesAll()
    {
        var cache = new BundleRunnerCache(_runner, NullLogger<BundleRunnerCache>.Instance);
        cache.Get(Bundle("a"));
        cache.Get(Bundle("b"));

        cache.Dispose();

        Assert.Equal(2, _runner.Disposed);
        Assert.Empty(cache.Folders);
    }

    public void Dispose()
    {
        _runner.Dispose();
        _root.Delete(recursive: true);
    }

    private string Bundle(string name)
    {
        var folder = Path.Combine(_root.FullName, name);
        Directory.CreateDirectory(Path.Combine(folder, "models"));
        File.WriteAllText(Path.Combine(folder, "models", "model.pt"), "weights");
        return folder;
    }
}
