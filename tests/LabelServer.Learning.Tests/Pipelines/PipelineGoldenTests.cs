using System.Text.Json;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Learning.Networks;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Pipelines;

/// <summary>The model-zoo's own wholeBody configs from scan to label map, against MONAI's labels.</summary>
public sealed class PipelineGoldenTests
{
    private const string DefaultSource = "ct/totalsegmentator/example_ct.nii.gz";

    public static TheoryData<string> Cases => WithLabels("pipeline");

    public static TheoryData<string> TrainedCases => WithLabels("pipeline_trained");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_WithRandomWeights_GivesMonaisLabelsWhereItWasSure(string name)
    {
        var golden = GoldenCase.Require("pipeline", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var weights = Path.Combine(golden.Folder, "..", json.RootElement.GetProperty("weights").GetString()!);
        using var network = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.ChangeExtension(weights, ".json"), TestContext.Current.CancellationToken));
        using var bundle = WholeBody(network.RootElement.GetProperty("f").GetInt32(), weights);
        using var input = await ReadInput(json.RootElement, tensors);

        using var result = await Run(bundle, input, IsHighRes(json.RootElement), NetworkPrecision.Float32);

        var agreement = new LabelAgreement(tensors, "image_affine", input.Grid.Affine);
        Assert.InRange(agreement.Share((Volume<byte>)result.Labels, onlyWhereSure: true), 0.999, 1);
    }

    [Theory]
    [MemberData(nameof(TrainedCases))]
    public async Task Run_WithTrainedWeights_GivesMonaisLabels(string name)
    {
        var (golden, json, tensors) = Read(name);
        using var bundle = Trained(golden);
        using var input = await ReadInput(json, tensors);

        using var result = await Run(bundle, input, IsHighRes(json), NetworkPrecision.Float32);

        Assert.Equal(json.GetProperty("weights").GetString(), result.ModelFilename);
        var agreement = new LabelAgreement(tensors, "affine", input.Grid.Affine);
        Assert.InRange(agreement.Share((Volume<byte>)result.Labels, onlyWhereSure: false), 0.999, 1);
    }

    [Theory]
    [MemberData(nameof(TrainedCases))]
    public async Task Run_WithTrainedWeightsInBFloat16_GivesNearlyMonaisLabels(string name)
    {
        // Without instructions for it libtorch computes bfloat16 convolutions number by number: half an hour for one of these scans, and no user is given it there.
        Assert.SkipUnless(TorchPrecision.Resolve(NetworkPrecision.Auto, TorchSharp.torch.CPU) == NetworkPrecision.BFloat16, "bfloat16 is slower than float32 on this processor, so it is not used here.");
        var (golden, json, tensors) = Read(name);
        using var bundle = Trained(golden);
        using var input = await ReadInput(json, tensors);

        using var result = await Run(bundle, input, IsHighRes(json), NetworkPrecision.BFloat16);

        // MONAI itself in bfloat16 agrees with its float32 labels in 99.9 % of the voxels at 3 mm; at 1.5 mm in 99.97 % of those where it was sure.
        Assert.Equal(NetworkPrecision.BFloat16, result.Precision);
        var agreement = new LabelAgreement(tensors, "affine", input.Grid.Affine);
        Assert.InRange(agreement.Share((Volume<byte>)result.Labels, onlyWhereSure: IsHighRes(json)), 0.998, 1);
    }

    private static TheoryData<string> WithLabels(string area)
    {
        var data = new TheoryData<string>();
        foreach (var row in GoldenCase.Names(area))
        {
            var name = row.Data;
            if (name.Length == 0 || GoldenCase.Require(area, name).ReadTensors().Has("label"))
            {
                data.Add(name);
            }
        }

        return data;
    }

    private static (GoldenCase Golden, JsonElement Json, SafetensorsFile Tensors) Read(string name)
    {
        var golden = GoldenCase.Require("pipeline_trained", name);
        using var json = golden.ReadJson();
        return (golden, json.RootElement.Clone(), golden.ReadTensors());
    }

    private static bool IsHighRes(JsonElement json) => json.GetProperty("pixdim")[0].GetDouble() < 2;

    private static BundleFolder Trained(GoldenCase golden)
    {
        using var json = golden.ReadJson();
        return WholeBody(json.RootElement.GetProperty("init_filters").GetInt32(), Path.Combine(golden.Folder, "model.pt"), Path.Combine(golden.Folder, "model_lowres.pt"));
    }

    private static BundleFolder WholeBody(int filters, string weights, string? lowResolution = null)
    {
        var bundle = new BundleFolder("wholeBody_ct_segmentation", SharedFolders.RequireData("model-zoo", "wholeBody_ct_segmentation", "configs"));
        bundle.Change(filters, "network_def", "init_filters");
        bundle.AddWeights(weights, "model.pt");
        bundle.AddWeights(lowResolution ?? weights, "model_lowres.pt");
        return bundle;
    }

    private static async Task<Volume> ReadInput(JsonElement json, SafetensorsFile tensors)
    {
        if (tensors.Has("input"))
        {
            var shape = tensors.ShapeOf("input");
            return AxisOrder.ToVolume<float>(tensors.Doubles("input"), [1, .. shape], Affine.FromRows(tensors.Doubles("input_affine")));
        }

        var source = json.TryGetProperty("source", out var named) ? named.GetString()! : DefaultSource;
        return await VolumeReader.ReadAsync(SharedFolders.RequireData(source.Split('/')), cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task<InferenceResult> Run(BundleFolder bundle, Volume input, bool highRes, NetworkPrecision precision)
    {
        using var runner = new BundleRunnerFactory(new TorchNetworkFactory()).Open(bundle.Root);
        var request = new InferenceRequest { ImageName = "scan", Volume = input, HighRes = highRes, Precision = precision, Device = "cpu" };
        return await runner.RunAsync(request, progress: null, TestContext.Current.CancellationToken);
    }
}
