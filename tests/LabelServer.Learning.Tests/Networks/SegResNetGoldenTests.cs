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
        using var network = new SegResNet(NetworkGolden.ReadOptions(json.RootElement));

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
        var options = NetworkGolden.ReadOptions(json.RootElement);
        var module = new SegResNet(options);
        ModuleWeights.Fill(
            module, weights.ToDictionary(n => n["weight.".Length..], n => tensor(tensors.Floats(n)).reshape([.. tensors.ShapeOf(n).Select(d => (long)d)])), name);
        using var network = TorchNetwork.FromModule(module, name, new NetworkOptions(NetworkPrecision.Float32, "cpu"), options.InChannels, options.OutChannels);

        NetworkGolden.AssertMatches(golden, tensors, network, 1e-4);
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
                NetworkGolden.Define(json.RootElement), file, new NetworkOptions(NetworkPrecision.Float32, "cpu"), TestContext.Current.CancellationToken);

            // Half precision weights: the network is another one by the rounding of its weights.
            NetworkGolden.AssertMatches(golden, tensors, network, file.Contains(".half.", StringComparison.Ordinal) ? 1e-2 : 1e-4);
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

        NetworkGolden.AssertMatches(golden, golden.ReadTensors(), network, 1e-4);
    }
}
