using LabelServer.Learning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Losses.Fused;

/// <summary>A network's last 1×1×1 convolution and the loss of its scores in one: the same numbers as the convolution followed by <see cref="MarginalLoss"/>, without the scores of all voxels.</summary>
/// <remarks>For Dice + cross entropy with softmax and class indices, on the CPU; see <see cref="HeadLossFunction"/>.</remarks>
internal sealed class HeadLoss
{
    private readonly HeadLossTerms _terms;

    private HeadLoss(HeadLossTerms terms)
    {
        _terms = terms;
    }

    /// <summary>The fused form of a loss, or null when there is none.</summary>
    public static HeadLoss? For(ISegmentationLoss loss) => HeadLossTerms.Of(loss) is { } terms ? new(terms) : null;

    /// <summary>Whether these tensors are ones that the fused form is made for.</summary>
    public static bool Takes(Tensor images, Tensor target, ConvolutionLayer head) =>
        images.device.type == DeviceType.CPU && target.shape[1] == 1 && target.dtype == ScalarType.Float32 && head.Bias is not null && head.Weight.shape[0] > 1;

    /// <summary>The mean loss of the samples, a scalar in the autograd graph.</summary>
    /// <param name="features">What the last convolution reads, [N, F, X, Y(, Z)], float32 or bfloat16.</param>
    /// <param name="head">The last convolution.</param>
    /// <param name="target">Class indices [N, 1, …], float32.</param>
    /// <param name="listed">For each sample, whether class c was annotated, or null for a complete label.</param>
    /// <exception cref="LossException">The target holds a class that the network does not have or the label does not list.</exception>
    public Tensor Forward(Tensor features, ConvolutionLayer head, Tensor target, IReadOnlyList<bool[]?> listed)
    {
        var classes = (int)head.Weight.shape[0];
        ClassMerge[] merges = [.. listed.Select(l => ClassMerge.For(l, classes))];
        using var scope = NewDisposeScope();
        var last = TorchLayout.ToFirst(TorchLayout.ToLast(features).contiguous());
        return HeadLossFunction.apply(last, head.Weight, head.Bias!, target.contiguous(), _terms, merges).MoveToOuterDisposeScope();
    }
}
