using System.Globalization;
using System.Text.Json;
using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>The image about which a model is least certain, among those that this strategy has not served for a day.</summary>
/// <remarks>
/// The rule that the original's code comes to (monailabel/tasks/activelearning/epistemic.py, golden <c>active_learning/strategies.json</c>): for each image the time since it was served, at most a day; the largest wins, of equal ones the
/// larger entropy, of equal entropies the first. Its argument <c>k</c> has no effect there, so there is none here. Entropies come from the scoring method of the same name; an image without one counts as certain.
/// </remarks>
/// <param name="name">The strategy's name, <c>MODEL_epistemic</c>.</param>
/// <param name="description">One sentence for clients.</param>
/// <param name="scoreKey">The key of the image's info that holds the entropy.</param>
internal sealed class EpistemicStrategy(string name, string description, string scoreKey) : IStrategy
{
    private const long Day = 24 * 3600;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public StrategyChoice Choose(IReadOnlyList<ImageEntry> candidates, long now)
    {
        var (chosen, longest, highest) = (candidates[0], long.MinValue, double.NegativeInfinity);
        foreach (var candidate in candidates)
        {
            var since = Math.Min(now - (ServedTimes.Of(candidate, name) ?? 0), Day);
            var score = ScoreOf(candidate);
            if (since > longest || (since == longest && score > highest))
            {
                (chosen, longest, highest) = (candidate, since, score);
            }
        }

        var shown = JsonDocument.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"score":{{highest}},"ts":{{longest}}}"""));
        using (shown)
        {
            return new(chosen, InfoDocument.Empty.With("epistemic_entropy", shown.RootElement.Clone()));
        }
    }

    private double ScoreOf(ImageEntry image) =>
        image.Info.TryGet(scoreKey, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var score) && double.IsFinite(score) ? score : 0;
}
