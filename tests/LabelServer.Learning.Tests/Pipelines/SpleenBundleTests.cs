using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;
using LabelServer.Learning.Networks;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Pipelines;

/// <summary>A published TorchScript network on a real scan: a wrong flip, shift or scale anywhere marks nothing of the spleen.</summary>
public sealed class SpleenBundleTests
{
    private const int MonaisVoxels = 1225;

    [Fact]
    public async Task Run_OnRealScan_MarksTheSpleen()
    {
        var script = SharedFolders.RequireData("models", "monai_spleen_ct", "model.ts");
        var scan = SharedFolders.RequireData("ct", "totalsegmentator", "example_ct.nii.gz");
        var mask = SharedFolders.RequireData("ct", "totalsegmentator", "example_seg_fast_force_split.nii.gz");
        using var bundle = new BundleFolder("spleen_ct", Path.Combine(AppContext.BaseDirectory, "Pipelines", "Fixtures", "spleen_ct", "configs"));
        bundle.AddWeights(script, "model.ts");
        using var runner = new BundleRunnerFactory(new TorchNetworkFactory()).Open(bundle.Root);
        await using var stream = File.OpenRead(scan);

        using var result = await runner.RunAsync(
            new InferenceRequest { ImageName = "example_ct.nii.gz", Image = stream, Device = "cpu" }, progress: null, TestContext.Current.CancellationToken);

        using var truth = await VolumeReader.ReadAsync(mask, cancellationToken: TestContext.Current.CancellationToken);
        using var known = (Volume<byte>)SampleConversion.Convert(truth, SampleType.UInt8, new ParallelOptions());
        var labels = ((Volume<byte>)result.Labels).Samples.ToArray();
        var marked = labels.Count(v => v == 1);
        var right = labels.Zip(known.Samples.ToArray()).Count(p => p is { First: 1, Second: 1 });
        Assert.InRange(marked, MonaisVoxels * 0.97, MonaisVoxels * 1.03);
        Assert.InRange(right, marked * 0.99, marked);
        Assert.Equal([KeyValuePair.Create("spleen", 1)], result.LabelNames);
        Assert.Equal("model.ts", result.ModelFilename);
    }
}
