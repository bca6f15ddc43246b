namespace LabelServer.ActiveLearning.Hardest;

/// <summary>Spearman's rank correlation: 1 when two lists have the same order, −1 when the reverse, equal values sharing the mean of their ranks.</summary>
internal static class RankCorrelation
{
    /// <summary>The correlation; NaN when a list has only one value or none.</summary>
    public static double Of(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var (a, b) = (Ranks(first), Ranks(second));
        var (meanA, meanB) = (a.DefaultIfEmpty(0).Average(), b.DefaultIfEmpty(0).Average());
        var covariance = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return covariance / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }

    private static double[] Ranks(IReadOnlyList<double> values) => [.. values.Select(v => values.Count(o => o < v) + ((values.Count(o => o == v) - 1) / 2.0))];
}
