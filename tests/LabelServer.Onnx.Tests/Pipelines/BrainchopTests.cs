using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;
using LabelServer.Onnx.Runtime;
using LabelServer.Testing;

namespace LabelServer.Onnx.Tests.Pipelines;

/// <summary>Published ONNX models as bundles on a real T1 image: in windows, and whole.</summary>
public sealed class BrainchopTests
{
    // The middle 128³ voxels in windows: all of them would be 64 windows of 80 GFLOP each.
    [Theory]
    [InlineData("meshnet30_gwm_patch64.onnx", 64, 128, """{ "_target_": "SlidingWindowInferer", "roi_size": [64, 64, 64], "sw_batch_size": 2, "overlap": 0.0 }""")]
    [InlineData("meshnet5_gwm_256.onnx", 256, null, """{ "_target_": "SimpleInferer" }""")]
    public async Task Run_OfAMeshNet_FindsWhiteMatterBrighterThanGreyAndGreyThanTheRest(string model, int size, int? crop, string inferer)
    {
        using var image = await VolumeReader.ReadAsync(SharedFolders.RequireData("mr", "t1_brain", "t1_crop.nii.gz"), cancellationToken: TestContext.Current.CancellationToken);
        using var bundle = BrainchopBundle.Write(SharedFolders.RequireData("models", "brainchop_onnx", model), inferer, size, crop);
        using var runner = new BundleRunnerFactory(new OnnxNetworkFactory()).Open(bundle.Root);

        using var result = await runner.RunAsync(
            new InferenceRequest { ImageName = "t1", Volume = image, Device = "cpu" }, progress: null, TestContext.Current.CancellationToken);

        var (counts, means) = MeansByLabel(image, (Volume<byte>)result.Labels);
        Assert.Equal("model.onnx", result.ModelFilename);
        Assert.True(counts[BrainchopBundle.White] > 100_000 && counts[BrainchopBundle.Grey] > 100_000, string.Join(", ", counts));
        Assert.True(means[BrainchopBundle.White] > means[BrainchopBundle.Grey] && means[BrainchopBundle.Grey] > means[0], string.Join(", ", means));
    }

    private static (long[] Counts, double[] Means) MeansByLabel(Volume image, Volume<byte> labels)
    {
        var counts = new long[3];
        var sums = new double[3];
        var voxels = ((Volume<byte>)image).Samples;
        var values = labels.Samples;
        for (var index = 0; index < values.Length; index++)
        {
            counts[values[index]]++;
            sums[values[index]] += voxels[index];
        }

        return (counts, [.. sums.Select((s, label) => s / Math.Max(1, counts[label]))]);
    }
}
