using System.Text.Json.Nodes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;
using LabelServer.Onnx.Runtime;
using LabelServer.Testing;

namespace LabelServer.Onnx.Tests.Pipelines;

/// <summary>Published ONNX models as bundles on a real T1 image: in windows, and whole.</summary>
public sealed class BrainchopTests
{
    [Fact]
    public Task Run_OfAMeshNetInWindows_FindsWhiteMatterBrighterThanGreyAndGreyThanTheRest() => RunAsync("meshnet30_gwm_patch64.onnx", config =>
    {
        // The middle 128³ voxels without overlap: the whole scan would be 125 windows of 80 GFLOP each.
        Append(config, """{ "_target_": "CenterSpatialCropd", "keys": "image", "roi_size": [128, 128, 128] }""");
        config["inferer"]!["overlap"] = 0.0;
        config["inferer"]!["sw_batch_size"] = 2;
    });

    [Fact]
    public Task Run_OfAMeshNetOnTheWholeImage_FindsWhiteMatterBrighterThanGreyAndGreyThanTheRest() => RunAsync("meshnet5_gwm_256.onnx", config =>
    {
        Append(config, """{ "_target_": "ResizeWithPadOrCropd", "keys": "image", "spatial_size": [256, 256, 256] }""");
        config["inferer"] = new JsonObject { ["_target_"] = "SimpleInferer" };
    });

    private static void Append(JsonNode config, string transform) => config["preprocessing"]!["transforms"]!.AsArray().Add(JsonNode.Parse(transform));

    private static async Task RunAsync(string model, Action<JsonNode> change)
    {
        using var image = await VolumeReader.ReadAsync(SharedFolders.RequireData("mr", "t1_brain", "t1_crop.nii.gz"), cancellationToken: TestContext.Current.CancellationToken);
        using var bundle = BrainchopBundle.Write(SharedFolders.RequireData("models", "brainchop_onnx", model), change);
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
