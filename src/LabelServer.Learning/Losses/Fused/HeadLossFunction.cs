using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Networks.Kernels;
using static TorchSharp.torch;

namespace LabelServer.Learning.Losses.Fused;

/// <summary>Dice + cross entropy of the last 1×1×1 convolution of a network, as a function of autograd of its features and the convolution's weights.</summary>
/// <remarks>
/// <para>Two passes over blocks of voxels: the first makes the scores of a block and adds up the sums that the loss consists of, the second makes them again and, the sums being known, turns
/// them into their gradient and that into the gradients of features and weights. Scores, probabilities and gradients of all voxels (371 MB each for 105 classes of 96³) are never there; the
/// scores cost 6 GFLOP a pass there, where the network takes 1500.</para>
/// <para>In float32 whatever the type of the features. The target is compared by class index, without planes.</para>
/// </remarks>
internal sealed class HeadLossFunction : autograd.SingleTensorFunction<HeadLossFunction>
{
    private const int BlockScores = 1 << 20;
    private const int LargestBlock = 1 << 15;
    private const string GradientsKey = nameof(Gradients);

    /// <inheritdoc/>
    public override string Name => nameof(HeadLossFunction);

    /// <summary>Arguments: features [N, F, X, Y(, Z)] with the channel fastest, weight [C, F, 1, 1(, 1)], bias [C], target [N, 1, …] float32, <see cref="HeadLossTerms"/>, <see cref="ClassMerge"/>[N].</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (features, weight, bias, target) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]);
        var (terms, merges) = ((HeadLossTerms)vars[4], (ClassMerge[])vars[5]);
        using var scope = NewDisposeScope();
        var gradients = new Gradients(features, weight, bias);
        var rows = TorchLayout.ToLast(features).reshape(-1, features.shape[1]);
        var result = TorchLayout.ToLast(gradients.Features).reshape(-1, features.shape[1]);
        var head = new LinearRows(weight, bias);
        var voxels = rows.shape[0] / merges.Length;
        var loss = 0.0;
        for (var sample = 0; sample < merges.Length; sample++)
        {
            var place = sample * voxels;
            loss += Sample(head, rows, result, target, place, voxels, merges[sample], terms, 1.0 / merges.Length);
        }

        gradients.Close(head);
        ctx.save_data(GradientsKey, gradients);
        return tensor((float)(loss / merges.Length)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradient.Release();
        var gradients = (Gradients)ctx.get_data(GradientsKey)!;
        var upstream = grad_output.item<float>();
        grad_output.Dispose();
        if (upstream != 1)
        {
            gradients.Features.mul_(upstream);
        }

        // The products belong to the scope around the backward pass.
        using (gradients.Weight)
        using (gradients.Bias)
        {
            return [ReturnedGradient.Keep(gradients.Features), gradients.Weight * upstream, gradients.Bias * upstream, null!, null!, null!];
        }
    }

    private static double Sample(
        LinearRows head, Tensor rows, Tensor result, Tensor target, long place, long voxels, ClassMerge merge, HeadLossTerms terms, double weight)
    {
        var sums = new ClassSums(merge.Merged.Length);
        ForBlocks(place, voxels, merge.Merged.Length, (from, count) =>
        {
            var scores = head.Scores(rows.narrow(0, from, count));
            ScoreRows.Sum(AddressOf(scores, 0), AddressOf(target, from), count, merge, sums);
        });
        sums.Merge(merge);
        var (loss, everywhere, own) = sums.Close(terms with { DiceFactor = terms.DiceFactor * weight, EntropyFactor = terms.EntropyFactor * weight }, merge, voxels);
        var entropy = (float)(terms.EntropyFactor * weight / voxels);
        ForBlocks(place, voxels, merge.Merged.Length, (from, count) =>
        {
            var block = rows.narrow(0, from, count);
            var scores = head.Scores(block);
            ScoreRows.Differentiate(AddressOf(scores, 0), AddressOf(target, from), count, merge, everywhere, own, entropy);
            head.Backward(scores, block, result.narrow(0, from, count));
        });
        return loss / weight;
    }

    private static void ForBlocks(long place, long voxels, int classes, Action<long, int> work)
    {
        var length = Math.Clamp(BlockScores / classes, 1, LargestBlock);
        for (var from = 0L; from < voxels; from += length)
        {
            using var scope = NewDisposeScope();
            work(place + from, (int)Math.Min(length, voxels - from));
        }
    }

    private static unsafe nint AddressOf(Tensor dense, long value) => (nint)((float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(dense.bytes)) + value);

    /// <summary>The gradients for an upstream gradient of 1, made by the forward pass. They wait for the backward pass outside any dispose scope.</summary>
    private sealed class Gradients(Tensor features, Tensor weight, Tensor bias)
    {
        private readonly (Tensor Weight, Tensor Bias) _like = (weight, bias);

        public Tensor Features { get; } = empty_like(features).DetachFromDisposeScope();

        public Tensor Weight { get; private set; } = null!;

        public Tensor Bias { get; private set; } = null!;

        // In the shapes and types of the weights.
        public void Close(LinearRows head)
        {
            Weight = head.WeightGradient.to(_like.Weight.dtype).reshape(_like.Weight.shape).DetachFromDisposeScope();
            Bias = head.BiasGradient.to(_like.Bias.dtype).DetachFromDisposeScope();
        }
    }
}
