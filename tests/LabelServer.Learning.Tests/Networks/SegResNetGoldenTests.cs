using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using LabelServer.Testing;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>SegResNet against MONAI's own output, from every form in which its weights are stored.</summary>
public sealed class SegResNetGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("networks");

    [Theory]
    [MemberData(nameof(Cases))]
    public void StateKeys_OfAnyCase_AreMonais(string name)
    {
        var golden = GoldenCase.Require("networks", name);
        using var json = golden.ReadJson();
        using var network = new SegResNet(Read(json.RootElement));

        Assert.Equal(json.RootElement.GetProperty("state_dict_keys").EnumerateArray().Select(k => k.GetString()!), network.state_dict().Keys);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_WithWeightsAsTensors_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("networks", name);
        var tensors = golden.ReadTensors();
        var weights = tensors.Names.Where(n => n.StartsWith("weight.", StringComparison.Ordinal)).ToList();
        Assert.SkipWhen(weights.Count == 0, $"The case '{name}' has no weights as tensors.");
        using var json = golden.ReadJson();
        var options = Read(json.RootElement);
        var module = new SegResNet(options);
        ModuleWeights.Fill(
            module, weights.ToDictionary(n => n["weight.".Length..], n => tensor(tensors.Floats(n)).reshape([.. tensors.ShapeOf(n).Select(d => (long)d)])), name);
        using var network = TorchNetwork.FromModule(module, name, new NetworkOptions(NetworkPrecision.Float32, "cpu"), options.InChannels, options.OutChannels);

        AssertMatches(golden, tensors, network, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_OfEveryCheckpointOfTheCase_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("networks", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var files = Directory.EnumerateFiles(golden.Folder, name + ".*").Where(f => Path.GetExtension(f) == ".pt").ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            using var network = await new TorchNetworkFactory().CreateAsync(
                Define(json.RootElement), file, new NetworkOptions(NetworkPrecision.Float32, "cpu"), TestContext.Current.CancellationToken);

            // Half precision weights: the network is another one by the rounding of its weights.
            AssertMatches(golden, tensors, network, file.Contains(".half.", StringComparison.Ordinal) ? 1e-2 : 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_OfTorchScript_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("networks", name);
        var script = Path.Combine(golden.Folder, name + ".ts");
        Assert.SkipUnless(File.Exists(script), $"The case '{name}' has no TorchScript file.");
        using var network = TorchNetwork.FromScript(script, new NetworkOptions(NetworkPrecision.Float32, "cpu"));

        AssertMatches(golden, golden.ReadTensors(), network, 1e-4);
    }

    private static ConfigValue.Component Define(JsonElement json)
    {
        var options = Read(json);
        static ConfigValue List(IEnumerable<int> values) => new ConfigValue.List([.. values.Select(v => new ConfigValue.Integer(v))]);
        return new ConfigValue.Component("network_def", "monai.networks.nets.SegResNet", [
            new("spatial_dims", new ConfigValue.Integer(3)),
            new("init_filters", new ConfigValue.Integer(options.InitFilters)),
            new("in_channels", new ConfigValue.Integer(options.InChannels)),
            new("out_channels", new ConfigValue.Integer(options.OutChannels)),
            new("blocks_down", List(options.BlocksDown)),
            new("blocks_up", List(options.BlocksUp)),
            new("dropout_prob", options.DropoutProb is { } drop ? new ConfigValue.Real(drop) : ConfigValue.Null.Instance)]);
    }

    internal static SegResNetOptions Read(JsonElement json) => new()
    {
        InitFilters = json.GetProperty("f").GetInt32(),
        OutChannels = json.GetProperty("out").GetInt32(),
        InChannels = json.TryGetProperty("inc", out var channels) ? channels.GetInt32() : 1,
        BlocksDown = json.TryGetProperty("down", out var down) ? [.. down.EnumerateArray().Select(v => v.GetInt32())] : [1, 2, 2, 4],
        BlocksUp = json.TryGetProperty("up", out var up) ? [.. up.EnumerateArray().Select(v => v.GetInt32())] : [1, 1, 1],
        DropoutProb = json.TryGetProperty("drop", out var drop) ? drop.GetDouble() : null,
    };

    /// <summary>Runs the case's input and compares with its output, or with the part of it that is stored. The tolerance is a share of the largest absolute output.</summary>
    internal static unsafe void AssertMatches(GoldenCase golden, SafetensorsFile tensors, INetwork network, double tolerance)
    {
        var shape = tensors.ShapeOf("input");
        var batch = new WindowBatchShape(shape[0], shape[1], new GridSize(shape[2], shape[3], shape[4]));
        using var output = network.Run(tensors.Floats("input"), batch, CancellationToken.None);
        var expected = tensors.Floats("output");
        var stored = tensors.ShapeOf("output");
        using var json = golden.ReadJson();
        var starts = json.RootElement.TryGetProperty("output_window", out var window)
            ? [.. window.EnumerateArray().Select(w => w[0].GetInt32())]
            : new[] { 0, 0, 0 };
        var largest = expected.Max(Math.Abs);
        Assert.Equal(stored[1], network.Head?.Outputs ?? output.Channels);
        for (var n = 0; n < stored[0]; n++)
        {
            var values = (float*)output.Window(n);
            for (var x = 0; x < stored[2]; x++)
            {
                for (var y = 0; y < stored[3]; y++)
                {
                    for (var z = 0; z < stored[4]; z++)
                    {
                        var voxel = ((((long)(x + starts[0]) * batch.Size.J) + y + starts[1]) * batch.Size.K) + z + starts[2];
                        var features = new ReadOnlySpan<float>(values + (voxel * output.Channels), output.Channels);
                        for (var c = 0; c < stored[1]; c++)
                        {
                            var from = (((((((n * stored[1]) + c) * stored[2]) + x) * stored[3]) + y) * stored[4]) + z;
                            var actual = Score(features, network.Head, c);
                            Assert.True(Math.Abs(actual - expected[from]) <= tolerance * largest, $"[{n}, {c}, {x}, {y}, {z}]: {actual} instead of {expected[from]}");
                        }
                    }
                }
            }
        }
    }

    private static float Score(ReadOnlySpan<float> features, LinearHead? head, int output)
    {
        if (head is null)
        {
            return features[output];
        }

        var sum = head.Bias[output];
        for (var f = 0; f < features.Length; f++)
        {
            sum += head.Weights[(output * features.Length) + f] * features[f];
        }

        return sum;
    }
}
