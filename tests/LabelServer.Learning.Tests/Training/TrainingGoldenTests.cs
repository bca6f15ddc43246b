using System.Text.Json;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Losses;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Optimisers;
using LabelServer.Testing;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Training;

/// <summary>The same network, batches, loss and optimiser as MONAI give the same trajectory.</summary>
public sealed class TrainingGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("training", "adamw");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AdamW_EachStep_HasTheLossOfMonai(string name)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Require("training", name);
        using var json = golden.ReadJson();
        var root = json.RootElement;
        var tensors = golden.ReadTensors();
        using var network = new SegResNet(new SegResNetOptions
        {
            InitFilters = root.GetProperty("init_filters").GetInt32(),
            OutChannels = root.GetProperty("out_channels").GetInt32(),
            BlocksDown = Integers(root.GetProperty("blocks_down")),
            BlocksUp = Integers(root.GetProperty("blocks_up")),
        });
        network.train();
        TorchLayout.ConvertWeights(network);
        TrainedParameter[] parameters = [.. network.named_parameters().Select(p => new TrainedParameter(p.name, p.parameter))];
        using (no_grad())
        {
            foreach (var parameter in parameters)
            {
                parameter.Value.copy_(tensors.Float("start." + parameter.Name));
            }
        }

        using var optimiser = new Adam(parameters, new()
        {
            LearningRate = root.GetProperty("lr").GetDouble(),
            WeightDecay = root.GetProperty("weight_decay").GetDouble(),
            Decoupled = true,
        });
        var loss = new WeightedSumLoss(
            "DiceCELoss", new DiceLoss(new() { ToOneHot = true, Activation = ScoreActivation.Softmax }), 1, new CrossEntropy(new()), 1);
        var (images, labels, expected) = (tensors.Float("images"), tensors.Float("labels"), tensors.Floats("loss"));

        for (var step = 0; step < expected.Length; step++)
        {
            using var stepScope = NewDisposeScope();
            optimiser.ClearGradients();
            var value = loss.Forward(network.call(TorchLayout.ImageLast(images[step])), labels[step]);
            value.backward();
            optimiser.Step();
            Assert.Equal(expected[step], value.item<float>(), expected[step] * (step == 0 ? 1e-5 : 1e-2));
        }

        foreach (var parameter in parameters)
        {
            // Twelve steps of 1e-3 move a weight by at most 0.012; Adam's first steps have the sign of the gradient, which rounding turns where it is nearly 0.
            var error = (parameter.Value - tensors.Float("end." + parameter.Name)).abs().mean().item<float>();
            Assert.InRange(error, 0, 1e-3f);
        }
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetInt32())];
}
