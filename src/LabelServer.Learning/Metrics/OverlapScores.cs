namespace LabelServer.Learning.Metrics;

/// <summary>Further scores of the same counts: intersection over union, generalised Dice, and what is derived from the confusion matrix.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/metrics/{meaniou,generalized_dice,confusion_matrix}.py. Golden: losses_more/metrics_*.</remarks>
public static class OverlapScores
{
    /// <summary>|P∩T| / |P∪T| of each class; NaN for a class that is absent from the target, or, when that is not ignored, 1 where both lack it.</summary>
    public static double[] IntersectionOverUnion(LabelOverlap overlap, bool includeBackground, bool ignoreEmpty = true)
    {
        ArgumentNullException.ThrowIfNull(overlap);
        return [.. Classes(overlap, includeBackground).Select(c =>
        {
            var union = overlap.Actual[c] + overlap.Predicted[c] - overlap.Shared[c];
            return ignoreEmpty && overlap.Actual[c] == 0 ? double.NaN : union == 0 ? 1 : (double)overlap.Shared[c] / union;
        })];
    }

    /// <summary>Dice over all classes together, each weighed by 1 / v² of its v target voxels; a class without any has the largest weight of the others.</summary>
    public static double GeneralizedDice(LabelOverlap overlap, bool includeBackground)
    {
        ArgumentNullException.ThrowIfNull(overlap);
        int[] classes = [.. Classes(overlap, includeBackground)];
        double[] weights = [.. classes.Select(c => overlap.Actual[c] > 0 ? 1.0 / ((double)overlap.Actual[c] * overlap.Actual[c]) : 0)];
        var largest = weights.Max();
        double numerator = 0, denominator = 0;
        for (var index = 0; index < classes.Length; index++)
        {
            var c = classes[index];
            var weight = overlap.Actual[c] > 0 ? weights[index] : largest;
            numerator += 2.0 * overlap.Shared[c] * weight;
            denominator += (double)(overlap.Actual[c] + overlap.Predicted[c]) * weight;
        }

        return denominator > 0 ? numerator / denominator : classes.Sum(c => overlap.Predicted[c]) == 0 ? 1 : 0;
    }

    /// <summary>The confusion matrix of each class against all others.</summary>
    public static ConfusionCounts[] Confusion(LabelOverlap overlap, bool includeBackground)
    {
        ArgumentNullException.ThrowIfNull(overlap);
        return [.. Classes(overlap, includeBackground).Select(c => new ConfusionCounts(
            overlap.Shared[c],
            overlap.Predicted[c] - overlap.Shared[c],
            overlap.Voxels - overlap.Predicted[c] - overlap.Actual[c] + overlap.Shared[c],
            overlap.Actual[c] - overlap.Shared[c]))];
    }

    private static IEnumerable<int> Classes(LabelOverlap overlap, bool includeBackground)
    {
        var first = includeBackground || overlap.Classes == 1 ? 0 : 1;
        return Enumerable.Range(first, overlap.Classes - first);
    }
}
