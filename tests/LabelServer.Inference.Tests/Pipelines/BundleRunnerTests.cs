using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Tests.Pipelines;

[Collection(NativeMemoryCollection.Name)]
public sealed class BundleRunnerTests
{
    // Turned and 3 mm, so that orientation and spacing both do something at 1.5 mm and only orientation does at 3 mm.
    private static readonly VolumeGrid Grid = new(new GridSize(12, 9, 7), new Affine(0, -3, 0, 40, 3, 0, 0, -20, 0, 0, 3, 5));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, null, "model.pt", 1.5)]
    [InlineData(false, null, "model_lowres.pt", 3)]
    [InlineData(null, null, "model.pt", 1.5)]
    [InlineData(false, "auto", "model_lowres.pt", 3)]
    [InlineData(false, "", "model_lowres.pt", 3)]
    [InlineData(true, "model_lowres.pt", "model_lowres.pt", 1.5)]
    [InlineData(false, "model.pt", "model.pt", 3)]
    public async Task Run_HighRes_ChoosesSpacingAndWeightsTogetherUnlessAFileIsNamed(bool? highRes, string? file, string expectedFile, double expectedSpacing)
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();

        using var result = await runner.RunAsync(Request(image) with { HighRes = highRes, ModelFilename = file }, null, Cancel);

        Assert.Equal(expectedFile, result.ModelFilename);
        Assert.Equal([(expectedFile, "1")], bundle.Loaded);

        // 12 × 9 × 7 voxels are 23 × 17 × 13 at half the spacing; windows of 8 every 6.
        Assert.Equal(expectedSpacing == 3 ? 2 * 2 : 4 * 3 * 2, result.WindowCount);
    }

    [Fact]
    public async Task Run_AnyImage_GivesLabelsOnItsOwnGrid()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();

        using var result = await runner.RunAsync(Request(image), null, Cancel);

        var labels = Assert.IsType<Volume<byte>>(result.Labels);
        Assert.Equal(Grid, labels.Grid);
        Assert.Equal([.. image.Samples.ToArray().Select(v => (byte)(v > 0 ? 1 : 0))], labels.Samples.ToArray());
        Assert.Equal([KeyValuePair.Create("liver", 1), KeyValuePair.Create("spleen", 2)], result.LabelNames);
        Assert.Equal([new LabelCentroid(1, 4, 3, 2)], result.Centroids);
        Assert.Equal(new LabelBoundingBox(new GridSize(3, 2, 1), new GridSize(6, 5, 4)), result.BoundingBox);
    }

    [Fact]
    public async Task Run_GivenVolume_IsNeitherChangedNorDisposed()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();
        var before = image.Samples.ToArray();

        (await runner.RunAsync(Request(image), null, Cancel)).Dispose();

        Assert.Equal(before, image.Samples.ToArray());
    }

    [Fact]
    public async Task Run_InverseBeforeArgMax_GivesTheSameForSharpScores()
    {
        var linear = TestBundle.Inference.Replace("""{ "_target_": "AsDiscreted", "keys": "pred", "argmax": true },""", string.Empty, StringComparison.Ordinal)
            .Replace("\"nearest_interp\": true }", "\"nearest_interp\": false }, { \"_target_\": \"AsDiscreted\", \"keys\": \"pred\", \"argmax\": true }", StringComparison.Ordinal);
        using var bundle = new TestBundle(linear);
        using var runner = bundle.Open();
        using var image = Image();

        using var result = await runner.RunAsync(Request(image) with { HighRes = false }, null, Cancel);

        var labels = Assert.IsType<Volume<byte>>(result.Labels);
        Assert.Equal(Grid, labels.Grid);
        Assert.Equal([.. image.Samples.ToArray().Select(v => (byte)(v > 0 ? 1 : 0))], labels.Samples.ToArray());
        Assert.Contains("Invertd", result.Latencies.PostTransforms.Select(t => t.Key));
    }

    [Fact]
    public async Task Run_ChainWithoutInverse_StillGivesLabelsOnTheImagesGrid()
    {
        using var bundle = new TestBundle(TestBundle.Inference.Replace(
            """, { "_target_": "Invertd", "keys": "pred", "transform": "@preprocessing", "orig_keys": "image", "nearest_interp": true }""".TrimStart(',', ' '),
            """{ "_target_": "Identityd", "keys": "pred" }""",
            StringComparison.Ordinal));
        using var runner = bundle.Open();
        using var image = Image();

        using var result = await runner.RunAsync(Request(image), null, Cancel);

        Assert.Equal(Grid, result.Labels.Grid);
    }

    [Fact]
    public async Task Run_OverlapBatchAndRoi_AreThoseOfTheRequest()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();

        using var result = await runner.RunAsync(Request(image) with { HighRes = false, Overlap = 0.5, WindowBatchSize = 3, RoiSize = [6, 6, 6] }, null, Cancel);

        // 9 × 12 × 7 voxels, windows of 6 every 3.
        Assert.Equal(2 * 3 * 2, result.WindowCount);
        Assert.Equal([3, 3, 3, 3], bundle.Networks[0].Runs.Select(r => r.Count));
    }

    [Fact]
    public async Task Run_SecondRequest_LoadsNothing()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();

        foreach (var highRes in (bool[])[true, false, true, false])
        {
            (await runner.RunAsync(Request(image) with { HighRes = highRes }, null, Cancel)).Dispose();
        }

        Assert.Equal(["model.pt", "model_lowres.pt"], bundle.Loaded.Select(l => l.File));
    }

    [Fact]
    public async Task Run_AfterNewWeightsWerePublished_UsesThem()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();
        (await runner.RunAsync(Request(image), null, Cancel)).Dispose();

        bundle.WriteWeights("model.pt", "second");
        (await runner.RunAsync(Request(image), null, Cancel)).Dispose();

        Assert.Equal([("model.pt", "1"), ("model.pt", "second")], bundle.Loaded);
    }

    [Fact]
    public async Task Run_WithoutWeights_ThrowsNamingFileAndWayOutAndWorksOnceTheyAreThere()
    {
        using var bundle = new TestBundle(null, "model.pt");
        using var runner = bundle.Open();
        using var image = Image();

        var error = await Assert.ThrowsAsync<ModelMissingException>(() => runner.RunAsync(Request(image) with { HighRes = false }, null, Cancel));
        bundle.WriteWeights("model_lowres.pt", "late");
        (await runner.RunAsync(Request(image) with { HighRes = false }, null, Cancel)).Dispose();

        Assert.Equal("The weights 'model_lowres.pt' are not in test_bundle/models. Fetch them with: labelserver models download test_bundle", error.Message);
    }

    [Theory]
    [InlineData("../secret.pt")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b.pt")]
    [InlineData("..")]
    public async Task Run_ModelFilenameWithPath_IsRefused(string name)
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();

        var error = await Assert.ThrowsAsync<InferenceParameterException>(() => runner.RunAsync(Request(image) with { ModelFilename = name }, null, Cancel));

        Assert.StartsWith($"model_filename is '{name}'; it must be 'auto' or the name of a file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"$__import__('os')\"")]
    [InlineData("\" @network\"")]
    [InlineData("\"%configs/train.json\"")]
    [InlineData("[1]")]
    [InlineData("nonsense")]
    public async Task Run_SettingThatWouldBeEvaluated_IsRefused(string json)
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();
        var request = Request(image) with { Settings = new Dictionary<string, string> { ["shift"] = json } };

        var error = await Assert.ThrowsAsync<InferenceParameterException>(() => runner.RunAsync(request, null, Cancel));

        Assert.Contains("'shift'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SettingThatTheBundleDoesNotOffer_IsIgnored()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();

        using var result = await runner.RunAsync(Request(image) with { Settings = new Dictionary<string, string> { ["client_id"] = "\"x\"" } }, null, Cancel);

        Assert.Equal("model.pt", result.ModelFilename);
    }

    [Fact]
    public async Task Run_Progress_NeverFallsAndEndsAtOne()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();
        var reports = new List<InferenceProgress>();

        using var result = await runner.RunAsync(Request(image), new Collector(reports), Cancel);

        Assert.Equal(reports.OrderBy(r => r.Fraction), reports);
        Assert.Equal(1, reports[^1].Fraction);
        Assert.Equal(result.WindowCount, reports.Count(r => r.Stage == InferenceStage.Network && r.Done > 0));
        Assert.Equal(Enum.GetValues<InferenceStage>(), reports.Select(r => r.Stage).Distinct());
    }

    [Fact]
    public async Task Run_CancelledBetweenWindows_StopsAndReturnsMemory()
    {
        using var bundle = new TestBundle();
        using var cancel = new CancellationTokenSource();
        using var image = Image();
        using var runner = bundle.Open();
        var before = NativeMemoryUse.LiveBytes;
        bundle.BeforeRun = cancel.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(Request(image), null, cancel.Token));

        Assert.Single(bundle.Networks[0].Runs);
        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    [Fact]
    public async Task Run_ManyRequests_ReturnTheirMemory()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();
        var before = NativeMemoryUse.LiveBytes;

        for (var run = 0; run < 3; run++)
        {
            (await runner.RunAsync(Request(image), null, Cancel)).Dispose();
        }

        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    [Fact]
    public async Task Run_LargestComponent_DropsTheRest()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();
        image[0, 0, 8, 6] = 1;

        using var all = await runner.RunAsync(Request(image) with { HighRes = false }, null, Cancel);
        using var largest = await runner.RunAsync(Request(image) with { HighRes = false, LargestComponent = true }, null, Cancel);

        Assert.Equal((1, 0), (((Volume<byte>)all.Labels)[0, 0, 8, 6], ((Volume<byte>)largest.Labels)[0, 0, 8, 6]));
        Assert.Equal(((Volume<byte>)all.Labels).Samples.ToArray().Count(v => v == 1) - 1, ((Volume<byte>)largest.Labels).Samples.ToArray().Count(v => v == 1));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Run_ImageWithoutFiniteNumbers_ThrowsNamingImageAndCount(float value)
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();
        image[0, 1, 1, 1] = image[0, 2, 2, 2] = value;

        var error = await Assert.ThrowsAsync<TransformException>(() => runner.RunAsync(Request(image) with { HighRes = false }, null, Cancel));

        Assert.StartsWith("The image scan holds 2 voxel(s) after preprocessing that are no finite numbers", error.Message, StringComparison.Ordinal);
        Assert.Empty(bundle.Networks[0].Runs);
    }

    [Fact]
    public async Task Run_ResultType_IsTheOneAskedFor()
    {
        using var bundle = new TestBundle();
        using var runner = bundle.Open();
        using var image = Image();

        using var result = await runner.RunAsync(Request(image) with { ResultType = SampleType.UInt16 }, null, Cancel);

        Assert.Equal(SampleType.UInt16, result.Labels.SampleType);
        Assert.Equal([new LabelCentroid(1, 4, 3, 2)], result.Centroids);
    }

    [Fact]
    public async Task Run_ScoresBeyondTheLimit_AreRefusedWithTheWayOut()
    {
        var sigmoid = TestBundle.Inference.Replace("\"softmax\": true", "\"sigmoid\": true", StringComparison.Ordinal);
        using var bundle = new TestBundle(sigmoid);
        using var runner = bundle.Open(new BundleRunnerOptions { MaxScoreBytes = 1000 });
        using var image = Image();

        var error = await Assert.ThrowsAsync<BundleUnsupportedException>(() => runner.RunAsync(Request(image), null, Cancel));

        Assert.Contains("needs all 2 class scores of scan at 23×17×13 voxels", error.Message.Replace("17×23", "23×17", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("nearest_interp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnsupportedNetwork_ThrowsNamingBundleNetworkAndKey()
    {
        using var bundle = new TestBundle(TestBundle.Inference.Replace("\"SegResNet\"", "\"MyNet\"", StringComparison.Ordinal));

        var error = Assert.Throws<BundleUnsupportedException>(() => bundle.Open());

        Assert.StartsWith("The bundle 'test_bundle' has the network MyNet ('network_def'), which is not supported.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnsupportedInferer_ThrowsNamingIt()
    {
        using var bundle = new TestBundle(TestBundle.Inference.Replace("\"SlidingWindowInferer\"", "\"SaliencyInferer\"", StringComparison.Ordinal));

        var error = Assert.Throws<BundleUnsupportedException>(() => bundle.Open());

        Assert.Contains("the inferer SaliencyInferer ('inferer'); supported: SlidingWindowInferer, SimpleInferer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WeightsOutsideTheBundle_AreRefused()
    {
        using var bundle = new TestBundle(TestBundle.Inference.Replace("$@bundle_root + '/models/' + @modelname", "../../elsewhere/model.pt", StringComparison.Ordinal));

        var error = Assert.Throws<BundleUnsupportedException>(() => bundle.Open());

        Assert.Contains("'../../elsewhere/model.pt', outside its own folder", error.Message, StringComparison.Ordinal);
    }

    private static InferenceRequest Request(Volume image) => new() { ImageName = "scan", Volume = image };

    // A box of 4 × 4 × 4 voxels well inside.
    private static Volume<float> Image()
    {
        var image = new Volume<float>(Grid);
        image.Samples.Fill(-1);
        for (var k = 1; k < 5; k++)
        {
            for (var j = 2; j < 6; j++)
            {
                for (var i = 3; i < 7; i++)
                {
                    image[0, i, j, k] = 1;
                }
            }
        }

        return image;
    }

    private sealed class Collector(List<InferenceProgress> reports) : IProgress<InferenceProgress>
    {
        public void Report(InferenceProgress value) => reports.Add(value);
    }
}
