namespace LabelServer.Learning.Losses.Fused;

/// <summary>The numbers of a Dice + cross entropy loss over classes that exclude each other.</summary>
/// <param name="DiceFactor">Factor of the Dice loss (lambda_dice).</param>
/// <param name="EntropyFactor">Factor of the cross entropy (lambda_ce).</param>
/// <param name="IncludeBackground">Whether class 0 counts in the Dice loss.</param>
/// <param name="SmoothNumerator">Added to the Dice numerator.</param>
/// <param name="SmoothDenominator">Added to the Dice denominator.</param>
internal sealed record HeadLossTerms(double DiceFactor, double EntropyFactor, bool IncludeBackground, double SmoothNumerator, double SmoothDenominator)
{
    /// <summary>The numbers of a loss, or null when it is of another kind.</summary>
    public static HeadLossTerms? Of(ISegmentationLoss loss) =>
        loss is WeightedSumLoss { First.Loss: DiceLoss { Options: var dice }, Second.Loss: CrossEntropy { Options: var entropy } } sum
        && dice is { Activation: ScoreActivation.Softmax, ToOneHot: true, Squared: false, Jaccard: false, SoftLabel: false, Batch: false, Weights: null, Reduction: LossReduction.Mean }
        && entropy is { Weights: null, LabelSmoothing: 0, Reduction: LossReduction.Mean }
            ? new(sum.First.Factor, sum.Second.Factor, dice.IncludeBackground, dice.SmoothNumerator, dice.SmoothDenominator)
            : null;
}
