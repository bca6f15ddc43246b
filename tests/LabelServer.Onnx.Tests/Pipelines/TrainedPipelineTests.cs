using System.Text.Json;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Learning.Networks;
using LabelServer.Onnx.Export;
using LabelServer.Onnx.Runtime;
using LabelServer.Testing;

namespace LabelServer.Onnx.Tests.Pipelines;

/// <summary>The model-zoo's wholeBody configs with trained weights, through ONNX Runtime: against TorchSharp and against MONAI's labels.</summary>
public sealed class TrainedPipelineTests(ITestOutputHelper output)
{
    private const string DefaultSource = "ct/totalsegmentator/example_ct.nii.gz";

    public static TheoryData<string> Cases => GoldenCase.Names("pipeline_trained");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_OfTheExportedNetwork_GivesTheLabelsOfTorchSharpAndOfMonai(string name)
    {
        var golden = GoldenCase.Require("pipeline_trained", name);
        using var json = golden.ReadJson();
        var root = json.RootElement;
        var highRes = root.GetProperty("pixdim")[0].GetDouble() < 2;
        Assert.SkipWhen(highRes && Environment.GetEnvironmentVariable("LABELSERVER_LONG_TESTS") is null, "The fine spacing takes six times as many windows and shows nothing else; set LABELSERVER_LONG_TESTS.");
        var source = root.TryGetProperty("source", out var named) ? named.GetString()! : DefaultSource;
        using var bundle = WholeBody(root, golden.Folder);
        using var input = await VolumeReader.ReadAsync(SharedFolders.RequireData(source.Split('/')), cancellationToken: TestContext.Current.CancellationToken);

        using var torch = await Run(bundle, new TorchNetworkFactory(), input, highRes, null);
        var exported = await Export(bundle, torch.ModelFilename, root.GetProperty("init_filters").GetInt32());
        using var onnx = await Run(bundle, new OnnxNetworkFactory(), input, highRes, exported);

        Assert.Equal(exported, onnx.ModelFilename);
        var labels = (Volume<byte>)onnx.Labels;
        var asTorch = ShareOfEqual((Volume<byte>)torch.Labels, labels);
        var asMonai = new LabelAgreement(golden.ReadTensors(), "affine", input.Grid.Affine).Share(labels, onlyWhereSure: false);
        output.WriteLine($"{name}: {asTorch:P4} of the voxels as by TorchSharp, {asMonai:P4} as by MONAI");
        Assert.InRange(asTorch, 0.9999, 1);
        Assert.InRange(asMonai, 0.999, 1);
    }

    private static BundleFolder WholeBody(JsonElement json, string golden)
    {
        var bundle = new BundleFolder("wholeBody_ct_segmentation", SharedFolders.RequireData("model-zoo", "wholeBody_ct_segmentation", "configs"));
        bundle.Change(json.GetProperty("init_filters").GetInt32(), "network_def", "init_filters");
        foreach (var weights in Directory.EnumerateFiles(golden, "*.pt"))
            bundle.AddWeights(weights, Path.GetFileName(weights));
        return bundle;
    }

    private static async Task<string> Export(BundleFolder bundle, string weights, int filters)
    {
        using var inference = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(bundle.Root, "configs", "inference.json"), TestContext.Current.CancellationToken));
        var definition = inference.RootElement.GetProperty("network_def");
        Assert.Equal(filters, definition.GetProperty("init_filters").GetInt32());
        var name = Path.ChangeExtension(weights, ".onnx");
        await OnnxExport.WriteAsync(
            JsonConfig.Component("SegResNet", definition, "_target_"), Path.Combine(bundle.Models, weights), Path.Combine(bundle.Models, name), new OnnxGraphOptions(), TestContext.Current.CancellationToken);
        return name;
    }

    private static async Task<InferenceResult> Run(BundleFolder bundle, INetworkFactory networks, Volume input, bool highRes, string? weights)
    {
        using var runner = new BundleRunnerFactory(networks).Open(bundle.Root);
        var request = new InferenceRequest { ImageName = "scan", Volume = input, HighRes = highRes, ModelFilename = weights, Precision = NetworkPrecision.Float32, Device = "cpu" };
        return await runner.RunAsync(request, progress: null, TestContext.Current.CancellationToken);
    }

    private static double ShareOfEqual(Volume<byte> a, Volume<byte> b)
    {
        var left = a.Samples;
        var right = b.Samples;
        var equal = 0;
        for (var index = 0; index < left.Length; index++)
            equal += left[index] == right[index] ? 1 : 0;
        return (double)equal / left.Length;
    }
}
