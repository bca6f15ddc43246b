using System.Text.Json;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Training;
using LabelServer.Testing;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>Every network that MONAI was run with and that the registry knows, with weights made by the formula of <c>FORMULA.json</c>.</summary>
public sealed class NetworkFormulaGoldenTests
{
    private const string Formula = "FORMULA";
    private const double Bound = 1e-4;

    public static TheoryData<string> Cases
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var row in GoldenCase.Names("networks_more"))
            {
                if (row.Data != Formula)
                {
                    data.Add(row.Data);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_WithWeightsByFormula_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("networks_more", name);
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var json = golden.ReadJson();
        using var module = Build(json.RootElement, name);
        var tensors = golden.ReadTensors();

        var output = module.call(TorchLayout.ImageLast(tensors.Float("input")));

        var stride = json.RootElement.GetProperty("output_stride").GetInt32();
        var steps = Enumerable.Range(2, (int)output.dim() - 2).Aggregate(output, (t, axis) => t.slice(axis, 0, long.MaxValue, stride));
        Assert.InRange(GoldenTensors.RelativeError(tensors.Floats("output"), steps), 0, Bound);
    }

    /// <summary>The cases that have training outputs of their own; with none, one that is skipped.</summary>
    public static TheoryData<string> TrainingCases
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var row in GoldenCase.Names("networks_more").Where(row => row.Data.Length > 0 && row.Data != Formula))
            {
                using var json = GoldenCase.Require("networks_more", row.Data).ReadJson();
                if (json.RootElement.GetProperty("train_output_kind").ValueKind != JsonValueKind.Null)
                {
                    data.Add(row.Data);
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
    [MemberData(nameof(TrainingCases))]
    public void Levels_OfTrainingWithWeightsByFormula_MatchMonai(string name)
    {
        var golden = GoldenCase.Require("networks_more", name);
        using var json = golden.ReadJson();
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var module = Build(json.RootElement, name);
        var tensors = golden.ReadTensors();

        var levels = Assert.IsType<IDeepSupervisedNetwork>(module, exactMatch: false).Levels(TorchLayout.ImageLast(tensors.Float("input")));

        // One tensor [N, levels, classes, ...], or one for each level.
        var expected = tensors.Names.Contains("train_output")
            ? [.. tensors.Float("train_output").unbind(1).Select(t => t.contiguous().data<float>().ToArray())]
            : tensors.Names.Where(n => n.StartsWith("train_output_", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(tensors.Floats).ToList();
        Assert.Equal(expected.Count, levels.Count);
        Assert.All(expected.Zip(levels), level => Assert.InRange(GoldenTensors.RelativeError(level.First, level.Second), 0, Bound));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_InBFloat16_GivesEachWeightAGradient(string name)
    {
        Assert.SkipWhen(TorchPrecision.IsEmulated(NetworkPrecision.BFloat16, CPU), "This processor has no bfloat16.");
        var golden = GoldenCase.Require("networks_more", name);
        using var scope = NewDisposeScope();
        using var json = golden.ReadJson();
        var target = json.RootElement.GetProperty("network").GetString()!;
        Assert.SkipUnless(NetworkRegistry.CreateDefault().Segments(target), $"{target} classifies whole images; such networks are not trained here.");
        var image = golden.ReadTensors().Float("input");
        using var plain = Build(json.RootElement, name);
        plain.train();
        plain.call(TorchLayout.ImageLast(image)).square().mean().backward();
        using var network = new TrainedNetwork(Build(json.RootElement, name), Build(json.RootElement, name), []);

        network.Forward(image).square().mean().backward();
        network.CollectGradients();

        var expected = plain.named_parameters().Where(p => p.parameter.grad is not null).Select(p => p.name).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, network.Parameters.Where(p => p.Value.grad is not null).Select(p => p.Name));
        Assert.All(network.Parameters.Where(p => p.Value.grad is not null), p => Assert.True(p.Value.grad!.isfinite().all().item<bool>(), p.Name));
    }

    // In evaluation mode, as the reference's batch normalisation is even for its training outputs.
    private static nn.Module<Tensor, Tensor> Build(JsonElement json, string name)
    {
        var target = json.GetProperty("network").GetString()!;
        var registry = NetworkRegistry.CreateDefault();
        Assert.SkipUnless(registry.Knows(target), $"{target} is not supported.");
        var module = registry.Build(JsonConfig.Component(target, json.GetProperty("args"))).Module;
        var keys = json.GetProperty("state_dict_keys").EnumerateArray().Select(k => k.GetString()!).ToList();
        ModuleWeights.Fill(module, Weights(module, keys, json), name);
        module.eval();

        // The layout that networks are run in.
        TorchLayout.ConvertWeights(module);
        return module;
    }

    private static Dictionary<string, Tensor> Weights(nn.Module<Tensor, Tensor> module, List<string> keys, JsonElement json)
    {
        var seed = json.GetProperty("weight_seed").GetUInt32();
        var own = module.state_dict();
        var integers = json.GetProperty("integer_entries").EnumerateArray().Select(k => k.GetString()!).ToHashSet();
        // TorchSharp lists parameters before buffers; a state_dict is read by name, so only the names count.
        Assert.Equal(keys.Order(StringComparer.Ordinal), own.Keys.Order(StringComparer.Ordinal));
        return keys.Select((key, k) => (key, Values: integers.Contains(key) ? own[key].clone() : Values(key, (uint)k, own[key].shape, seed))).ToDictionary(e => e.key, e => e.Values);
    }

    private static Tensor Values(string key, uint number, long[] shape, uint seed)
    {
        var count = shape.Aggregate(1L, (n, s) => n * s);
        var values = new float[count];
        for (uint i = 0; i < count; i++)
        {
            var x = unchecked(i + (number * 0x9E3779B9u) + (seed * 0x85EBCA6Bu));
            x = unchecked((x ^ (x >> 16)) * 0x7feb352du);
            x = unchecked((x ^ (x >> 15)) * 0x846ca68bu);
            x ^= x >> 16;
            var u = (2 * (x / 4294967296.0)) - 1;
            values[i] = (float)(key.EndsWith("running_var", StringComparison.Ordinal) || (shape.Length == 1 && key.EndsWith("weight", StringComparison.Ordinal)) ? 1 + (0.2 * u)
                : shape.Length <= 1 ? 0.1 * u
                : u * Math.Sqrt(3 / ((double)count / shape[0])));
        }

        return tensor(values).reshape(shape);
    }
}
