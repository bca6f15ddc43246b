using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Tversky loss: 1 − (TP + a) / (TP + α·FP + β·FN + b) for each sample and class.</summary>
/// <remarks>Salehi et al. 2017, "Tversky loss function for image segmentation". Source: MONAI@d388d1c6 monai/losses/tversky.py. Golden: losses_more/TverskyLoss_*.</remarks>
public sealed class TverskyLoss : ISegmentationLoss
{
    private readonly TverskyOptions _options;

    /// <summary>Creates the loss.</summary>
    public TverskyLoss(TverskyOptions options)
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
        LossShapes.Require(scores, target, nameof(TverskyLoss));
        using var scope = NewDisposeScope();
        var overlap = Overlap.Count(LossShapes.Activate(scores, _options.Activation), target, _options, nameof(TverskyLoss));
        var errors = (overlap.FalsePositive * _options.Alpha) + (overlap.FalseNegative * _options.Beta);
        var loss = 1 - ((overlap.TruePositive + _options.SmoothNumerator) / (overlap.TruePositive + errors + _options.SmoothDenominator));
        return LossShapes.Reduce(loss, _options.Reduction).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) => this;
}
