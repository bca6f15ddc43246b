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
        Check(golden, JsonConfig.Component("DiceCELoss", json.RootElement));
    }

    [Theory]
    [MemberData(nameof(OtherCases))]
    public void Loss_ValueAndGradient_MatchMonai(string name)
    {
        var golden = GoldenCase.Require("losses_more", name);
        using var json = golden.ReadJson();
        var component = JsonConfig.Component(json.RootElement.GetProperty("loss_class").GetString()!, json.RootElement.GetProperty("args"));
        if (json.RootElement.GetProperty("wrapped_in").GetString() is { } wrapper)
        {
            CheckLevels(golden, wrapper, component, json.RootElement.GetProperty("levels").GetInt32());
        }
        else
        {
            Check(golden, component);
        }
    }

    private static void Check(GoldenCase golden, ConfigValue.Component component)
    {
        using var scope = NewDisposeScope();
        var tensors = golden.ReadTensors();
        var loss = LossFactory.Create(component);
        var scores = tensors.Float("logits").requires_grad_();

        var value = loss.Forward(scores, tensors.Float("target"));
        value.sum().backward();

        Assert.InRange(GoldenTensors.RelativeError(tensors.Floats("loss"), value.flatten()), 0, 1e-5);
        Assert.InRange(GoldenTensors.RelativeError(tensors.Floats("grad"), scores.grad!), 0, 1e-4);
    }

    /// <summary>
    /// The reference does not record how the levels are weighed, so that is read from the size of the gradients of each level; value and gradients must
    /// then agree with it. That the named modes give their weights is a test of its own.
    /// </summary>
    private static void CheckLevels(GoldenCase golden, string wrapper, ConfigValue.Component component, int levels)
    {
        using var scope = NewDisposeScope();
        var tensors = golden.ReadTensors();
        string[] suffixes = [.. Enumerable.Range(0, levels).Select(l => l == 0 ? "" : $"_{l}")];
        var target = tensors.Float("target");
        Tensor[] scores = [.. suffixes.Select(s => tensors.Float("logits" + s).requires_grad_())];
        Create([.. Enumerable.Repeat(1.0, levels)]).Forward(scores, target).backward();
        double[] weights = [.. suffixes.Select((s, l) => tensors.Floats("grad" + s).Max(Math.Abs) / scores[l].grad!.abs().max().item<float>())];
        foreach (var level in scores)
        {
            level.grad!.zero_();
        }

        var value = Create(weights).Forward(scores, target);
        value.backward();

        Assert.InRange(GoldenTensors.RelativeError(tensors.Floats("loss"), value.flatten()), 0, 1e-5);
        for (var level = 0; level < levels; level++)
        {
            Assert.InRange(GoldenTensors.RelativeError(tensors.Floats("grad" + suffixes[level]), scores[level].grad!), 0, 1e-4);
        }

        DeepSupervisionLoss Create(double[] weights) => (DeepSupervisionLoss)LossFactory.Create(
            new("golden", wrapper, [new("loss", component), new("weights", new ConfigValue.List([.. weights.Select(w => new ConfigValue.Real(w))]))]));
    }
}
