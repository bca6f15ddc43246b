using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Soft Dice loss: 1 − (2·TP + a) / (2·TP + FP + FN + b) for each sample and class.</summary>
/// <remarks>
/// Milletari et al. 2016, "V-Net". Source: MONAI@d388d1c6 monai/losses/dice.py (DiceLoss). Intended differences: none. Golden: losses_more/DiceLoss_*.
/// </remarks>
public sealed class DiceLoss : ISegmentationLoss
{
    private readonly DiceOptions _options;

    /// <summary>Creates the loss.</summary>
    /// <exception cref="LossException">A weight is negative.</exception>
    public DiceLoss(DiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LossShapes.RequireNotNegative(nameof(DiceLoss), "weight", options.Weights ?? []);
        _options = options;
    }

    /// <summary>What it was made with.</summary>
    internal DiceOptions Options => _options;

    /// <inheritdoc/>
    public ScoreActivation Activation => _options.Activation;

    /// <inheritdoc/>
    public Tensor Forward(Tensor scores, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        LossShapes.Require(scores, target, nameof(DiceLoss));
        using var scope = NewDisposeScope();
        return FromProbabilities(LossShapes.Activate(scores, _options.Activation), target).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) =>
        _options.Weights is null ? this : new DiceLoss(_options with { Weights = LossShapes.Select(_options.Weights, kept, _options.IncludeBackground) });

    /// <summary>The loss of probabilities; temporary tensors stay in the caller's dispose scope.</summary>
    internal Tensor FromProbabilities(Tensor probabilities, Tensor target)
    {
        var overlap = Overlap.Count(probabilities, target, _options, nameof(DiceLoss));
        var factor = _options.Jaccard ? 1.0 : 0.5;
        var tp = overlap.TruePositive;
        var errors = (overlap.FalsePositive * factor) + (overlap.FalseNegative * factor);
        var loss = 1 - (((tp * 2) + _options.SmoothNumerator) / (((tp + errors) * 2) + _options.SmoothDenominator));
        var classes = loss.shape[^1];
        if (classes > 1 && LossShapes.Weights(_options.Weights, classes, loss, nameof(DiceLoss)) is { } weights)
        {
            loss *= weights;
        }

        if (_options.Reduction != LossReduction.None)
        {
            return LossShapes.Reduce(loss, _options.Reduction);
        }

        // As MONAI: the axes that were summed stay, with length 1, so that the result broadcasts against the scores.
        var shape = Enumerable.Repeat(1L, (int)probabilities.dim()).ToArray();
        loss.shape.CopyTo(shape, 0);
        return loss.reshape(shape);
    }
}
