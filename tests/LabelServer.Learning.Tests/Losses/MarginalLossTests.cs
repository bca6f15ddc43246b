using LabelServer.Learning.Losses;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Losses;

/// <summary>Marginal Dice + cross entropy against the formulas written out voxel by voxel in double precision.</summary>
public sealed class MarginalLossTests
{
    private const int Classes = 5;
    private static readonly int[] Size = [3, 4, 2];

    /// <summary>Classes 1 and 3 are annotated; 2 and 4 are not and merge with the background.</summary>
    private static readonly bool[] Listed = [true, true, false, true, false];

    [Fact]
    public void Forward_PartialLabel_ValueAndGradientMatchByHand()
    {
        using var scope = NewDisposeScope();
        var (scores, target) = Sample(7);
        var byHand = ByHand(scores, target);

        var logits = scores.requires_grad_();
        var value = new MarginalLoss(DiceCe()).Forward(logits, target, [Listed]);
        value.backward();

        Assert.Equal(byHand.Loss, value.item<float>(), 1e-5);
        var gradient = logits.grad!.reshape(Classes, -1);
        for (var c = 0; c < Classes; c++)
        {
            for (var v = 0; v < byHand.Gradient.GetLength(1); v++)
            {
                Assert.Equal(byHand.Gradient[c, v], gradient[c, v].item<float>(), 1e-6);
            }
        }
    }

    [Fact]
    public void Forward_PartialLabel_UnlistedClassIsNotPushedTowardsBackground()
    {
        using var scope = NewDisposeScope();

        // Every voxel is marked 0 and the network is sure of unlisted class 2: nothing is wrong with that, so nothing is to be learned.
        var scores = zeros([1, Classes, 3, 4, 2]);
        scores.narrow(1, 2, 1).fill_(30);
        var logits = scores.requires_grad_();
        new MarginalLoss(DiceCe()).Forward(logits, zeros([1, 1, 3, 4, 2]), [Listed]).backward();

        Assert.InRange(logits.grad!.abs().max().item<float>(), 0, 1e-6f);

        // The plain loss does push.
        logits.grad!.zero_();
        DiceCe().Forward(logits, zeros([1, 1, 3, 4, 2])).backward();
        Assert.True(logits.grad!.narrow(1, 2, 1).mean().item<float>() > 1e-3f);
    }

    [Fact]
    public void Forward_CompleteLabels_IsThePlainLoss()
    {
        using var scope = NewDisposeScope();
        var (scores, target) = Sample(3);

        var plain = DiceCe().Forward(scores, target).item<float>();

        Assert.Equal(plain, new MarginalLoss(DiceCe()).Forward(scores, target, [null]).item<float>());
        Assert.Equal(plain, new MarginalLoss(DiceCe()).Forward(scores, target, [[true, true, true, true, true]]).item<float>());
    }

    [Fact]
    public void Forward_MixedBatch_IsTheMeanOfTheSamples()
    {
        using var scope = NewDisposeScope();
        var (a, ta) = Sample(1);
        var (b, tb) = Sample(2);
        var loss = new MarginalLoss(DiceCe());
        var alone = (loss.Forward(a, ta, [Listed]).item<float>() + loss.Forward(b, tb, [null]).item<float>()) / 2;

        var together = loss.Forward(cat([a, b], 0), cat([ta, tb], 0), [Listed, null]).item<float>();

        Assert.Equal(alone, together, 1e-5f);
    }

    [Fact]
    public void Forward_WeightedClasses_KeepsTheWeightsOfListedClasses()
    {
        using var scope = NewDisposeScope();
        var (scores, target) = Sample(5);
        double[] weights = [1, 2, 3, 4, 5];
        var loss = new MarginalLoss(new CrossEntropy(new() { Weights = weights }));

        var value = loss.Forward(scores, target, [Listed]).item<float>();

        var merged = cat([scores.index_select(1, tensor([0L, 2, 4])).logsumexp(1, keepdim: true), scores.index_select(1, tensor([1L, 3]))], 1);
        var ranks = tensor([0L, 1, -1, 2, -1]).index_select(0, target.to(ScalarType.Int64).flatten()).reshape(target.shape);
        Assert.Equal(new CrossEntropy(new() { Weights = [1, 2, 4] }).Forward(merged, ranks).item<float>(), value, 1e-6f);
    }

    [Fact]
    public void Forward_TargetHoldsUnlistedClass_Throws()
    {
        using var scope = NewDisposeScope();
        var target = full([1, 1, 3, 4, 2], 2f);

        var error = Assert.Throws<LossException>(() => new MarginalLoss(DiceCe()).Forward(zeros([1, Classes, 3, 4, 2]), target, [Listed]));

        Assert.Equal("MarginalLoss: a label holds a class that it does not list.", error.Message);
    }

    private static WeightedSumLoss DiceCe() => new(
        "DiceCELoss", new DiceLoss(new() { ToOneHot = true, Activation = ScoreActivation.Softmax }), 1, new CrossEntropy(new()), 1);

    private static (Tensor Scores, Tensor Target) Sample(int seed)
    {
        var random = new Random(seed);
        var voxels = Size[0] * Size[1] * Size[2];
        int[] known = [0, 1, 3];
        var scores = tensor(Enumerable.Range(0, Classes * voxels).Select(_ => (float)((random.NextDouble() * 4) - 2)).ToArray());
        var target = tensor(Enumerable.Range(0, voxels).Select(_ => (float)known[random.Next(3)]).ToArray());
        return (scores.reshape(1, Classes, Size[0], Size[1], Size[2]), target.reshape(1, 1, Size[0], Size[1], Size[2]));
    }

    /// <summary>
    /// q₀ = p₀ + p₂ + p₄, q₁ = p₁, q₂ = p₃. Loss = mean over the three of 1 − (2·Σ q·t + a) / (Σ q + Σ t + a) − mean of log q_t.
    /// dL/ds_c = Σ_m dL/dq_m · dq_m/ds_c with dq_m/ds_c = p_c·([c in m] − q_m).
    /// </summary>
    private static (double Loss, double[,] Gradient) ByHand(Tensor scores, Tensor target)
    {
        int[] group = [0, 1, 0, 2, 0];
        const double Smooth = 1e-5;
        var s = scores.reshape(Classes, -1);
        var labels = target.flatten().data<float>().ToArray();
        var voxels = labels.Length;
        var p = new double[Classes, voxels];
        var q = new double[3, voxels];
        for (var v = 0; v < voxels; v++)
        {
            var exp = Enumerable.Range(0, Classes).Select(c => Math.Exp(s[c, v].item<float>())).ToArray();
            for (var c = 0; c < Classes; c++)
            {
                p[c, v] = exp[c] / exp.Sum();
                q[group[c], v] += p[c, v];
            }
        }

        double loss = 0;
        var gradientQ = new double[3, voxels];
        for (var m = 0; m < 3; m++)
        {
            double product = 0, sumQ = 0, sumT = 0;
            for (var v = 0; v < voxels; v++)
            {
                var t = group[(int)labels[v]] == m ? 1.0 : 0;
                product += q[m, v] * t;
                sumQ += q[m, v];
                sumT += t;
            }

            var (numerator, denominator) = ((2 * product) + Smooth, sumQ + sumT + Smooth);
            loss += (1 - (numerator / denominator)) / 3;
            for (var v = 0; v < voxels; v++)
            {
                var t = group[(int)labels[v]] == m ? 1.0 : 0;
                gradientQ[m, v] = ((-2 * t / denominator) + (numerator / (denominator * denominator))) / 3;
                if (t > 0)
                {
                    loss -= Math.Log(q[m, v]) / voxels;
                    gradientQ[m, v] -= 1 / q[m, v] / voxels;
                }
            }
        }

        var gradient = new double[Classes, voxels];
        for (var c = 0; c < Classes; c++)
        {
            for (var v = 0; v < voxels; v++)
            {
                for (var m = 0; m < 3; m++)
                {
                    gradient[c, v] += gradientQ[m, v] * p[c, v] * ((group[c] == m ? 1 : 0) - q[m, v]);
                }
            }
        }

        return (loss, gradient);
    }
}
