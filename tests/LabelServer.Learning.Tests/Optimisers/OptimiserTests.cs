using LabelServer.Bundles.Config;
using LabelServer.Learning.Configuration;
using LabelServer.Learning.Optimisers;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Optimisers;

public sealed class OptimiserTests
{
    /// <summary>PyTorch's own optimisers (through TorchSharp) as the reference.</summary>
    public static TheoryData<string> Kinds => ["Adam", "AdamW", "AdamAmsGrad", "AdamDecay", "Sgd", "SgdMomentum", "SgdNesterov"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_TenTimes_MatchesTorch(string kind)
    {
        using var scope = NewDisposeScope();
        var start = Random(1);
        using var ours = new TorchSharp.Modules.Parameter(start.clone());
        using var theirs = new TorchSharp.Modules.Parameter(start.clone());
        TorchSharp.Modules.Parameter[] list = [theirs];
        TrainedParameter[] mine = [new("w", ours)];
        var (optimiser, reference) = ((Optimiser, optim.Optimizer))(kind switch
        {
            "Adam" => (new Adam(mine, new()), optim.Adam(list)),
            "AdamW" => (new Adam(mine, new() { Decoupled = true, WeightDecay = 0.01 }), optim.AdamW(list, weight_decay: 0.01)),
            "AdamAmsGrad" => (new Adam(mine, new() { AmsGrad = true }), optim.Adam(list, amsgrad: true)),
            "AdamDecay" => (new Adam(mine, new() { WeightDecay = 0.1 }), optim.Adam(list, weight_decay: 0.1)),
            "Sgd" => (new Sgd(mine, new() { LearningRate = 0.1, WeightDecay = 0.01 }), optim.SGD(list, 0.1, weight_decay: 0.01)),
            "SgdMomentum" => (new Sgd(mine, new() { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.2 }), optim.SGD(list, 0.1, 0.9, 0.2)),
            _ => (new Sgd(mine, new() { LearningRate = 0.1, Momentum = 0.9, Nesterov = true }), optim.SGD(list, 0.1, 0.9, nesterov: true)),
        });
        using (optimiser)
        using (reference)
        {
            for (var step = 0; step < 10; step++)
            {
                optimiser.ClearGradients();
                reference.zero_grad();
                Objective(ours, step).backward();
                Objective(theirs, step).backward();
                optimiser.Step();
                reference.step();
            }
        }

        Assert.InRange((ours - theirs).abs().max().item<float>(), 0, 2e-6f);
        Assert.True((ours - start).abs().max().item<float>() > 1e-3f);
    }

    [Fact]
    public void Novograd_TwoSteps_MatchByHand()
    {
        using var scope = NewDisposeScope();
        using var weight = new TorchSharp.Modules.Parameter(tensor([1f, -2f]));
        using var optimiser = new Novograd([new("w", weight)], new() { LearningRate = 0.1, WeightDecay = 0.01, GradientAveraging = true });
        double[] w = [1, -2], m = [0, 0];
        double square = 0;
        for (var step = 0; step < 2; step++)
        {
            optimiser.ClearGradients();
            (weight * weight).sum().backward();
            optimiser.Step();

            double[] g = [2 * w[0], 2 * w[1]];
            var norm = (g[0] * g[0]) + (g[1] * g[1]);
            square = step == 0 ? norm : (0.98 * square) + (0.02 * norm);
            for (var i = 0; i < 2; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * ((g[i] / (Math.Sqrt(square) + 1e-8)) + (0.01 * w[i])));
                w[i] -= 0.1 * m[i];
            }
        }

        Assert.Equal(w[0], weight[0].item<float>(), 1e-6);
        Assert.Equal(w[1], weight[1].item<float>(), 1e-6);
    }

    [Theory]
    [InlineData("AdamW")]
    [InlineData("SGD")]
    [InlineData("Novograd")]
    public void ImportState_AfterInterruption_GivesTheSameBits(string target)
    {
        using var scope = NewDisposeScope();
        var component = new ConfigValue.Component("optimizer", target, target == "SGD" ? [new("momentum", new ConfigValue.Real(0.9))] : []);
        var start = Random(2);
        using var whole = new TorchSharp.Modules.Parameter(start.clone());
        using var first = new TorchSharp.Modules.Parameter(start.clone());
        using var uninterrupted = OptimiserFactory.Create(component, [new("w", whole)]);
        Run(uninterrupted, whole, 0, 8);

        OptimiserState state;
        using (var before = OptimiserFactory.Create(component, [new("w", first)]))
        {
            Run(before, first, 0, 5);
            state = new OptimiserState(before.Steps, before.Slots.ToDictionary(s => s.Key, s => (IReadOnlyDictionary<string, float[]>)s.Value.ToDictionary(t => t.Key, t => t.Value.data<float>().ToArray())));
        }

        using var second = new TorchSharp.Modules.Parameter(first.detach().clone());
        using var after = OptimiserFactory.Create(component, [new("w", second)]);
        after.ImportState(state);
        Run(after, second, 5, 8);

        Assert.Equal(8, after.Steps);
        Assert.Equal(whole.data<float>().ToArray(), second.data<float>().ToArray());
    }

    [Fact]
    public void ImportState_OfAnotherNetwork_NamesTheWeight()
    {
        using var weight = new TorchSharp.Modules.Parameter(zeros(3));
        using var optimiser = new Adam([new("w", weight)], new());
        var state = new OptimiserState(1, new Dictionary<string, IReadOnlyDictionary<string, float[]>>
        {
            ["exp_avg"] = new Dictionary<string, float[]> { ["w"] = [1, 2] },
        });

        var error = Assert.Throws<OptimiserException>(() => optimiser.ImportState(state));

        Assert.Equal("The saved optimiser state holds 2 values for 'w'; the network needs 3.", error.Message);
    }

    [Fact]
    public void Create_UnknownTargetOrArgument_IsRefusedByName()
    {
        var unknown = Assert.Throws<ComponentException>(() => OptimiserFactory.Create(new("optimizer", "torch.optim.LBFGS", []), []));
        Assert.Equal("optimizer: the optimiser torch.optim.LBFGS is not supported. Supported are Adam, AdamW, SGD, Novograd.", unknown.Message);

        var argument = Assert.Throws<ComponentException>(
            () => OptimiserFactory.Create(new("optimizer", "torch.optim.Adam", [new("lrr", new ConfigValue.Real(1))]), []));
        Assert.Equal("optimizer: torch.optim.Adam does not take lrr here. Remove it or set it to what is supported.", argument.Message);
    }

    private static void Run(Optimiser optimiser, Tensor weight, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            optimiser.ClearGradients();
            Objective(weight, step).backward();
            optimiser.Step();
        }
    }

    private static Tensor Objective(Tensor weight, int step) => ((weight - (0.1 * step)).square() * Random(step + 10).abs()).sum();

    private static Tensor Random(int seed)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, 12).Select(_ => (float)((random.NextDouble() * 2) - 1)).ToArray()).reshape(3, 4);
    }
}
