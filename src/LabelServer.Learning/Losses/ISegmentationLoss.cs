using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Compares a network's scores with a target. One loss object serves many steps and may be shared between threads.</summary>
public interface ISegmentationLoss
{
    /// <summary>What the loss takes the scores for. With <see cref="ScoreActivation.Softmax"/> the classes exclude each other.</summary>
    ScoreActivation Activation { get; }

    /// <summary>The loss as part of the autograd graph of <paramref name="scores"/>.</summary>
    /// <param name="scores">Scores before activation, [N, C, X, Y, Z] (or [N, C, X, Y]), floating point.</param>
    /// <param name="target">Class indices [N, 1, …], whole numbers of any type, or one plane per class [N, C, …]. Same device as the scores.</param>
    /// <returns>A scalar, or what <see cref="LossReduction.None"/> leaves. The caller disposes it.</returns>
    /// <exception cref="LossException">The shapes do not belong together.</exception>
    Tensor Forward(Tensor scores, Tensor target);

    /// <summary>The same loss for fewer classes: class weights, where there are any, are taken from the kept ones.</summary>
    /// <param name="kept">Ascending class indices, 0 (the background) included.</param>
    ISegmentationLoss ForClasses(IReadOnlyList<int> kept);
}
