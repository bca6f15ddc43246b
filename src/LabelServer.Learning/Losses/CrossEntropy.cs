using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Voxel-wise cross entropy of scores: over the classes, or binary for a single channel.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/losses/dice.py (DiceCELoss.ce and .bce), which call PyTorch's CrossEntropyLoss and BCEWithLogitsLoss.</remarks>
public sealed class CrossEntropy : ISegmentationLoss
{
    private readonly CrossEntropyOptions _options;

    /// <summary>Creates the loss.</summary>
    /// <exception cref="LossException">A weight is negative or the smoothing is outside 0 to 1.</exception>
    public CrossEntropy(CrossEntropyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LossShapes.RequireNotNegative(nameof(CrossEntropy), "weight", options.Weights ?? []);
        if (options.LabelSmoothing is not (>= 0 and <= 1))
        {
            throw new LossException(FormattableString.Invariant($"CrossEntropy: label_smoothing must be between 0 and 1; it is {options.LabelSmoothing}."));
        }

        _options = options;
    }

    /// <summary>What it was made with.</summary>
    internal CrossEntropyOptions Options => _options;

    /// <inheritdoc/>
    public ScoreActivation Activation => ScoreActivation.Softmax;

    /// <inheritdoc/>
    public Tensor Forward(Tensor scores, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        LossShapes.Require(scores, target, nameof(CrossEntropy));
        using var scope = NewDisposeScope();
        var classes = scores.shape[1];
        var weights = LossShapes.Weights(_options.Weights, classes, scores, nameof(CrossEntropy));
        var reduction = _options.Reduction switch
        {
            LossReduction.Mean => nn.Reduction.Mean,
            LossReduction.Sum => nn.Reduction.Sum,
            _ => nn.Reduction.None,
        };
        if (classes == 1)
        {
            return nn.functional.binary_cross_entropy_with_logits(scores, target.to(scores.dtype), null, reduction, weights).MoveToOuterDisposeScope();
        }

        var wanted = target.shape[1] == classes ? target.to(scores.dtype) : LossShapes.Indices(target, classes, nameof(CrossEntropy)).squeeze(1);
        return nn.functional.cross_entropy(scores, wanted, weights, -100, reduction, _options.LabelSmoothing).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) =>
        _options.Weights is null ? this : new CrossEntropy(_options with { Weights = LossShapes.Select(_options.Weights, kept, includesBackground: true) });
}
