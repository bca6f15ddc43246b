using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;

namespace LabelServer.Inference.Tests.Pipelines.Caching;

[Collection(NativeMemoryCollection.Name)]
public sealed class RunCacheTests : IDisposable
{
    private static readonly BundleRunnerOptions On = new() { MaxCachedImageBytes = 1 << 20, MaxCachedLabelBytes = 1 << 20 };
    private static readonly VolumeGrid Grid = new(new GridSize(12, 9, 7), new Affine(0, -3, 0, 40, 3, 0, 0, -20, 0, 0, 3, 5));
    private readonly TestBundle _bundle = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Windows => _bundle.Networks.Sum(n => n.Runs.Count);

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public async Task Run_SameImageAgain_RunsNoWindowAndGivesTheSameLabels()
    {
        using var runner = _bundle.Open(On);
        var file = await FileAsync();

        var first = await LabelsAsync(runner, file, r => r);
        var windows = Windows;
        var second = await LabelsAsync(runner, file, r => r);

        Assert.True(windows > 0);
        Assert.Equal(windows, Windows);
        Assert.Equal(first, second);
        Assert.Contains((byte)1, first);
    }

    [Fact]
    public async Task Run_OtherNumberType_RunsNoWindow()
    {
        using var runner = _bundle.Open(On);
        var file = await FileAsync();
        await LabelsAsync(runner, file, r => r);
        var windows = Windows;

        using var result = await runner.RunAsync(Request(file) with { ResultType = SampleType.Int16 }, null, Cancel);

        Assert.Equal(windows, Windows);
        Assert.Equal(SampleType.Int16, result.Labels.SampleType);
        Assert.Equal(windows, result.WindowCount);
    }

    [Fact]
    public async Task Run_OtherWeightsUnderTheSameName_RunsTheNetworkAgain()
    {
        using var runner = _bundle.Open(On);
        var file = await FileAsync();
        await LabelsAsync(runner, file, r => r);
        var windows = Windows;
        _bundle.WriteWeights("model.pt", "other");

        await LabelsAsync(runner, file, r => r);

        Assert.Equal(2 * windows, Windows);
        Assert.Equal(["1", "other"], _bundle.Loaded.Select(l => l.Text));
    }

    [Theory]
    [InlineData("highres")]
    [InlineData("overlap")]
    [InlineData("roi")]
    [InlineData("batch")]
    [InlineData("file")]
    [InlineData("largest")]
    [InlineData("precision")]
    [InlineData("image")]
    [InlineData("padding behind the image")]
    public async Task Run_AnotherParameterOrImage_RunsTheNetworkAgain(string what)
    {
        using var runner = _bundle.Open(On);
        await LabelsAsync(runner, await FileAsync(), r => r);
        var windows = Windows;

        await LabelsAsync(runner, what switch { "image" => await FileAsync(5), "padding behind the image" => [.. await FileAsync(), 0, 0], _ => await FileAsync() }, r => what switch
        {
            "highres" => r with { HighRes = false },
            "overlap" => r with { Overlap = 0.5 },
            "roi" => r with { RoiSize = [8, 8, 4] },
            "batch" => r with { WindowBatchSize = 2 },
            "file" => r with { ModelFilename = "model_lowres.pt" },
            "largest" => r with { LargestComponent = true },
            "precision" => r with { Precision = LabelServer.Inference.Networks.NetworkPrecision.BFloat16 },
            _ => r,
        });

        Assert.True(Windows > windows);
    }

    [Fact]
    public async Task Run_EditedConfig_RunsTheNetworkAgain()
    {
        using var runner = _bundle.Open(On);
        var file = await FileAsync();
        await LabelsAsync(runner, file, r => r);
        var windows = Windows;
        var config = Path.Combine(_bundle.Root, "configs", "inference.json");
        await File.WriteAllTextAsync(config, TestBundle.Inference.Replace("\"gaussian\"", "\"constant\"", StringComparison.Ordinal), Cancel);

        await LabelsAsync(runner, file, r => r);

        Assert.True(Windows > windows);
    }

    [Fact]
    public async Task Run_OtherWindowsOnTheSameImage_DoesNotReadItAgainAndGivesTheSameAsWithoutACache()
    {
        using var runner = _bundle.Open(On);
        var file = await FileAsync();
        await LabelsAsync(runner, file, r => r);

        using var known = await runner.RunAsync(Request(file) with { RoiSize = [8, 8, 4] }, null, Cancel);
        using var fresh = _bundle.Open();
        using var anew = await fresh.RunAsync(Request(file) with { RoiSize = [8, 8, 4] }, null, Cancel);

        Assert.DoesNotContain(known.Latencies.PreTransforms, t => t.Key == "LoadImaged");
        Assert.Contains(anew.Latencies.PreTransforms, t => t.Key == "LoadImaged");
        Assert.Equal(((Volume<byte>)anew.Labels).Samples.ToArray(), ((Volume<byte>)known.Labels).Samples.ToArray());
        Assert.Equal(anew.Labels.Grid, known.Labels.Grid);
    }

    [Fact]
    public async Task Run_WithoutACache_RunsTheNetworkAgain()
    {
        using var runner = _bundle.Open();
        var file = await FileAsync();
        await LabelsAsync(runner, file, r => r);
        var windows = Windows;

        await LabelsAsync(runner, file, r => r);

        Assert.Equal(2 * windows, Windows);
    }

    [Fact]
    public async Task Run_FileLargerThanIsTakenIn_IsReadAsItComes()
    {
        using var runner = _bundle.Open(On with { MaxTakenInBytes = 100 });
        var file = await FileAsync();

        var first = await LabelsAsync(runner, file, r => r);
        var second = await LabelsAsync(runner, file, r => r);

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Dispose_AfterRuns_FreesAllThatWasKept()
    {
        var before = NativeMemoryUse.LiveBytes;
        var runner = _bundle.Open(On);
        await LabelsAsync(runner, await FileAsync(), r => r);
        Assert.True(NativeMemoryUse.LiveBytes > before);

        runner.Dispose();

        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    private static InferenceRequest Request(byte[] file) => new() { ImageName = "scan.nii", Image = new MemoryStream(file) };

    private static async Task<byte[]> LabelsAsync(IBundleRunner runner, byte[] file, Func<InferenceRequest, InferenceRequest> change)
    {
        using var result = await runner.RunAsync(change(Request(file)), null, Cancel);
        return ((Volume<byte>)result.Labels).Samples.ToArray();
    }

    private static async Task<byte[]> FileAsync(short value = 4)
    {
        using var image = new Volume<short>(Grid);
        for (var k = 1; k < 5; k++)
        {
            for (var j = 2; j < 6; j++)
            {
                image.Samples.Slice((((k * Grid.Size.J) + j) * Grid.Size.I) + 3, 4).Fill(value);
            }
        }

        using var bytes = new MemoryStream();
        await VolumeWriter.WriteAsync(image, bytes, VolumeFileTypes.FromName("scan.nii"), null, Cancel);
        return bytes.ToArray();
    }
}
