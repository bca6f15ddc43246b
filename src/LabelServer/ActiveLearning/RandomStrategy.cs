using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>One weighted draw: the longer ago an image was served by this strategy, the likelier it is.</summary>
/// <remarks>
/// The weight of an image is the time in seconds since this strategy last served it, or since 1970 when it never did (monailabel/tasks/activelearning/random.py). When all weights are 0, because every candidate was served within this
/// second, all are equally likely; the original fails there. The weight in the answer is that of the chosen image; the original answers the first one's.
/// </remarks>
/// <param name="draw">Gives numbers from 0 to below 1, evenly spread.</param>
internal sealed class RandomStrategy(Func<double> draw) : IStrategy
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public string Description => "Random Strategy";

    /// <inheritdoc/>
    public StrategyChoice Choose(IReadOnlyList<ImageEntry> candidates, long now)
    {
        var weights = candidates.Select(c => Math.Max(0, now - (ServedTimes.Of(c, Name) ?? 0))).ToList();
        var total = weights.Sum(w => (double)w);
        var chosen = total > 0 ? Weighted(weights, draw() * total) : Math.Min((int)(draw() * candidates.Count), candidates.Count - 1);
        return new(candidates[chosen], InfoDocument.Empty.With("weight", weights[chosen]));
    }

    private static int Weighted(List<long> weights, double at)
    {
        double sum = 0;
        var last = 0;
        for (var i = 0; i < weights.Count; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                sum += weights[i];
                if (at < sum)
                {
                    return i;
                }
            }
        }

        return last;
    }
}
