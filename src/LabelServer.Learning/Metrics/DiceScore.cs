namespace LabelServer.Learning.Metrics;

/// <summary>Dice of each class: 2·|P∩T| / (|P| + |T|).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/metrics/meandice.py (DiceMetric, DiceHelper). Golden: metrics/dice_*.</remarks>
public static class DiceScore
{
    /// <summary>Dice of each class.</summary>
    /// <param name="overlap">The counts.</param>
    /// <param name="includeBackground">Whether class 0 is the first entry.</param>
    /// <param name="ignoreEmpty">What a class that is absent from the target gives: NaN when true, else 1 if the prediction lacks it too and 0 if not.</param>
    public static double[] PerClass(LabelOverlap overlap, bool includeBackground, bool ignoreEmpty = true)
    {
        ArgumentNullException.ThrowIfNull(overlap);
        var first = includeBackground || overlap.Classes == 1 ? 0 : 1;
        return [.. Enumerable.Range(first, overlap.Classes - first).Select(c => Score(overlap, c, ignoreEmpty))];
    }

    private static double Score(LabelOverlap overlap, int c, bool ignoreEmpty)
    {
        if (overlap.Actual[c] > 0)
        {
            return 2.0 * overlap.Shared[c] / (overlap.Actual[c] + overlap.Predicted[c]);
        }

        return ignoreEmpty ? double.NaN : overlap.Predicted[c] == 0 ? 1 : 0;
    }
}
