namespace LabelServer.Learning.Metrics;

/// <summary>True and false positives and negatives, and the usual ratios of them. A ratio whose denominator is 0 is NaN.</summary>
/// <param name="TruePositive">In both.</param>
/// <param name="FalsePositive">In the prediction only.</param>
/// <param name="TrueNegative">In neither.</param>
/// <param name="FalseNegative">In the target only.</param>
public readonly record struct ConfusionCounts(double TruePositive, double FalsePositive, double TrueNegative, double FalseNegative)
{
    /// <summary>TP / (TP + FN), also recall.</summary>
    public double Sensitivity => Ratio(TruePositive, TruePositive + FalseNegative);

    /// <summary>TN / (TN + FP).</summary>
    public double Specificity => Ratio(TrueNegative, TrueNegative + FalsePositive);

    /// <summary>TP / (TP + FP), also positive predictive value.</summary>
    public double Precision => Ratio(TruePositive, TruePositive + FalsePositive);

    /// <summary>TN / (TN + FN).</summary>
    public double NegativePredictiveValue => Ratio(TrueNegative, TrueNegative + FalseNegative);

    /// <summary>FP / (FP + TN), also false positive rate.</summary>
    public double FallOut => Ratio(FalsePositive, FalsePositive + TrueNegative);

    /// <summary>(TP + TN) / all.</summary>
    public double Accuracy => Ratio(TruePositive + TrueNegative, TruePositive + FalsePositive + TrueNegative + FalseNegative);

    /// <summary>2·TP / (2·TP + FN + FP).</summary>
    public double F1 => Ratio(2 * TruePositive, (2 * TruePositive) + FalseNegative + FalsePositive);

    /// <summary>(TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)).</summary>
    public double MatthewsCorrelation => Ratio(
        (TruePositive * TrueNegative) - (FalsePositive * FalseNegative),
        Math.Sqrt((TruePositive + FalsePositive) * (TruePositive + FalseNegative) * (TrueNegative + FalsePositive) * (TrueNegative + FalseNegative)));

    /// <summary>Adds counts.</summary>
    public static ConfusionCounts operator +(ConfusionCounts left, ConfusionCounts right) => new(
        left.TruePositive + right.TruePositive,
        left.FalsePositive + right.FalsePositive,
        left.TrueNegative + right.TrueNegative,
        left.FalseNegative + right.FalseNegative);

    /// <summary>Adds counts.</summary>
    public static ConfusionCounts Add(ConfusionCounts left, ConfusionCounts right) => left + right;

    private static double Ratio(double numerator, double denominator) => denominator == 0 ? double.NaN : numerator / denominator;
}
