using LabelServer.Bundles.Config;
using LabelServer.Learning.Losses;
using LabelServer.Testing;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Losses;

/// <summary>Values and gradients of the losses against MONAI's.</summary>
public sealed class LossGoldenTests
{
    public static TheoryData<string> DiceCeCases => GoldenCase.Names("losses");

    public static TheoryData<string> OtherCases
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var row in GoldenCase.Names("losses_more"))
            {
                if (!row.Data.StartsWith("metrics", StringComparison.Ordinal))
                {
                    data.Add(row.Data);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(DiceCeCases))]
    public void DiceCrossEntropy_ValueAndGradient_MatchMonai(string name)
    {
        var golden = GoldenCase.Require("losses", name);
        using var json = golden.ReadJson();
        Check(golden, JsonConfig.Component("DiceCELoss", json.RootElement), levels: 1);
    }

    [Theory]
    [MemberData(nameof(OtherCases))]
    public void Loss_ValueAndGradient_MatchMonai(string name)
    {
        var golden = GoldenCase.Require("losses_more", name);
        using var json = golden.ReadJson();
        var component = JsonConfig.Component(json.RootElement.GetProperty("loss_class").GetString()!, json.RootElement.GetProperty("args"));
        var wrapper = json.RootElement.GetProperty("wrapped_in").GetString();
        if (wrapper is not null)
        {
            component = new ConfigValue.Component("golden", wrapper, [new("loss", component)]);
        }

        Check(golden, component, wrapper is null ? 1 : json.RootElement.GetProperty("levels").GetInt32());
    }

    private static void Check(GoldenCase golden, ConfigValue.Component component, int levels)
    {
        using var scope = NewDisposeScope();
        var tensors = golden.ReadTensors();
        var loss = LossFactory.Create(component);
        string[] suffixes = [.. Enumerable.Range(0, levels).Select(l => l == 0 ? "" : $"_{l}")];
        Tensor[] scores = [.. suffixes.Select(s => tensors.Float("logits" + s).requires_grad_())];
        var target = tensors.Float("target");

        var value = levels == 1 ? loss.Forward(scores[0], target) : ((DeepSupervisionLoss)loss).Forward(scores, target);
        value.sum().backward();

        var expected = tensors.Floats("loss");
        Assert.InRange(GoldenTensors.RelativeError(expected, value.flatten()), 0, 1e-5);
        for (var level = 0; level < levels; level++)
        {
            Assert.InRange(GoldenTensors.RelativeError(tensors.Floats("grad" + suffixes[level]), scores[level].grad!), 0, 1e-4);
        }
    }
}
