using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Generalised Dice loss: classes are weighed by the inverse of their size and joined before the division.</summary>
/// <remarks>
/// Sudre et al. 2017, "Generalised Dice overlap as a deep learning loss function for highly unbalanced segmentations". Source: MONAI@d388d1c6
/// monai/losses/dice.py (GeneralizedDiceLoss). As there, a class without a voxel gets the largest weight of the others. Golden: losses_more/GeneralizedDiceLoss_*.
/// </remarks>
public sealed class GeneralizedDiceLoss : ISegmentationLoss
{
    private readonly GeneralizedDiceOptions _options;

    /// <summary>Creates the loss.</summary>
    public GeneralizedDiceLoss(GeneralizedDiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <inheritdoc/>
    public ScoreActivation Activation => _options.Activation;

    /// <inheritdoc/>
    public Tensor Forward(Tensor scores, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        LossShapes.Require(scores, target, nameof(GeneralizedDiceLoss));
        using var scope = NewDisposeScope();
        var overlap = Overlap.Count(LossShapes.Activate(scores, _options.Activation), target, _options, nameof(GeneralizedDiceLoss));
        var weights = Weigh(overlap.Target.detach());
        var classAxis = overlap.TruePositive.dim() - 1;
        var tp = overlap.TruePositive;
        var denominator = (tp + (overlap.FalsePositive * 0.5) + (overlap.FalseNegative * 0.5)) * 2;
        var numerator = ((tp * weights).sum(classAxis, keepdim: true) * 2) + _options.SmoothNumerator;
        var loss = 1 - (numerator / ((denominator * weights).sum(classAxis, keepdim: true) + _options.SmoothDenominator));
        if (_options.Reduction == LossReduction.None)
        {
            var shape = Enumerable.Repeat(1L, (int)scores.dim()).ToArray();
            loss.shape.CopyTo(shape, 0);
            return loss.reshape(shape).MoveToOuterDisposeScope();
        }

        return LossShapes.Reduce(loss, _options.Reduction).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) => this;

    private Tensor Weigh(Tensor voxels)
    {
        var size = voxels.to(ScalarType.Float32);
        var weights = _options.Weighting switch
        {
            GeneralizedDiceWeighting.Simple => size.reciprocal(),
            GeneralizedDiceWeighting.Square => (size * size).reciprocal(),
            _ => ones_like(size),
        };
        var absent = weights.isinf();
        var known = weights.masked_fill(absent, 0f);
        var largest = known.amax([known.dim() - 1], keepdim: true);
        return known + (absent.to(ScalarType.Float32) * largest);
    }
}
