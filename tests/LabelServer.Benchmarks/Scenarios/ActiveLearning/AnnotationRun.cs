using System.Diagnostics;
using System.Text.Json.Nodes;
using LabelServer.ActiveLearning;
using LabelServer.ActiveLearning.Hardest;

namespace LabelServer.Benchmarks.Scenarios.ActiveLearning;

/// <summary>One strategy with one seed: rounds of labelling, training and measuring, on a server of its own.</summary>
/// <param name="annotator">Does what a person does.</param>
/// <param name="settings">How large everything is.</param>
/// <param name="pool">Images of the data store.</param>
/// <param name="validation">Images that are only measured on.</param>
internal sealed class AnnotationRun(SimulatedAnnotator annotator, CurveSettings settings, IReadOnlyList<LabelledImage> pool, IReadOnlyList<LabelledImage> validation)
{
    /// <summary>Strategy to the server's name of it.</summary>
    public static readonly IReadOnlyDictionary<string, string> Strategies = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["random"] = "random",
        ["epistemic"] = SmallSegmentationBundle.Name + "_epistemic",
        ["disagreement"] = SmallSegmentationBundle.Name + "_tta",
        ["hardest"] = "hardest",
    };

    private readonly Dictionary<string, LabelledImage> _unlabelled = pool.ToDictionary(i => i.Id, StringComparer.Ordinal);

    /// <summary>Runs all rounds.</summary>
    /// <param name="strategy">A key of <see cref="Strategies"/>.</param>
    /// <param name="seed">Chooses the first images, the weights that a training starts from and the order of its batches.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One entry for each round.</returns>
    public async Task<JsonArray> RunAsync(string strategy, int seed, CancellationToken cancellationToken)
    {
        var rounds = new JsonArray();
        var chosen = await BeginAsync(seed, cancellationToken);
        while (true)
        {
            var labelled = pool.Count - _unlabelled.Count;
            var round = new JsonObject { ["labelled"] = labelled, ["chosen"] = new JsonArray([.. chosen.Select(c => (JsonNode)c)]) };
            var since = Stopwatch.GetTimestamp();
            await annotator.TrainAsync(Epochs(labelled), settings.BatchSize, seed, settings.Continues && rounds.Count > 0, cancellationToken);
            round["trainSeconds"] = Seconds(ref since);
            round["validationDice"] = await ValidateAsync(cancellationToken);
            round["validateSeconds"] = Seconds(ref since);
            rounds.Add(round);
            await Console.Error.WriteLineAsync($"{strategy} {seed}: {labelled} labelled, validation Dice {round["validationDice"]}");
            var isLast = rounds.Count == settings.Labels.Count;
            if (!isLast || strategy == "hardest")
            {
                await ScoreAsync(strategy, round, cancellationToken);
                round["scoreSeconds"] = Seconds(ref since);
            }

            if (isLast)
                return rounds;
            chosen = await LabelAsync(Strategies[strategy], settings.Labels[rounds.Count] - labelled, cancellationToken);
        }
    }

    // The same images for each strategy, so that the curves of a seed begin at one point.
    private async Task<List<string>> BeginAsync(int seed, CancellationToken cancellationToken)
    {
        var order = pool.Select(i => i.Id).ToArray();
        new Random(seed).Shuffle(order);
        var first = order.Take(settings.Labels[0]).ToList();
        foreach (var id in first)
            await RevealAsync(id, cancellationToken);
        return first;
    }

    private async Task<List<string>> LabelAsync(string strategy, int count, CancellationToken cancellationToken)
    {
        var chosen = new List<string>();
        while (chosen.Count < count && await annotator.NextAsync(strategy, cancellationToken) is { } id)
        {
            await RevealAsync(id, cancellationToken);
            chosen.Add(id);
        }

        return chosen;
    }

    private async Task RevealAsync(string id, CancellationToken cancellationToken)
    {
        _unlabelled.Remove(id, out var image);
        await annotator.SubmitAsync(image ?? throw new InvalidOperationException($"The server gave '{id}' a second time."), cancellationToken);
    }

    private int Epochs(int labelled) => Math.Max(1, settings.Steps / ((labelled + settings.BatchSize - 1) / settings.BatchSize));

    private async Task<double> ValidateAsync(CancellationToken cancellationToken)
    {
        double sum = 0;
        foreach (var image in validation)
            sum += await image.DiceAsync(await annotator.SegmentAsync(image, cancellationToken), cancellationToken);
        return Math.Round(sum / validation.Count, 5);
    }

    // What the server itself does after a serving, here to its end before the next image is asked for.
    private async Task ScoreAsync(string strategy, JsonObject round, CancellationToken cancellationToken)
    {
        if (strategy == "disagreement")
            await annotator.ScoreAsync(Strategies[strategy], new() { ["simulation_size"] = settings.Mirrors }, cancellationToken);
        if (strategy is not ("epistemic" or "hardest"))
            return;
        Dictionary<string, double>? dice = strategy == "hardest" ? await ProposeAsync(cancellationToken) : null;
        await annotator.ScoreAsync(Strategies["epistemic"], new() { ["simulation_size"] = settings.Passes }, cancellationToken);
        if (dice is not null)
            round["hardest"] = await PredictAsync(dice, cancellationToken);
    }

    // The proposals for all images without a label, and how good they really are, which only this program knows.
    private async Task<Dictionary<string, double>> ProposeAsync(CancellationToken cancellationToken)
    {
        var dice = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var image in _unlabelled.Values)
            dice[image.Id] = await image.DiceAsync(await annotator.ProposeAsync(image, cancellationToken), cancellationToken);
        return dice;
    }

    private async Task<JsonObject> PredictAsync(Dictionary<string, double> dice, CancellationToken cancellationToken)
    {
        var result = await annotator.ScoreAsync("hardest", [], cancellationToken);
        var predicted = await annotator.InfosAsync(HardestStrategy.PredictionKey, cancellationToken);
        var entropy = await annotator.InfosAsync(ScoreKeys.Entropy, cancellationToken);
        var ids = dice.Keys.Where(predicted.ContainsKey).ToList();
        return new()
        {
            ["server"] = result.DeepClone(),
            ["heldOutImages"] = ids.Count,
            ["heldOutRankCorrelation"] = Correlation(ids.Select(i => predicted[i]), ids.Select(i => dice[i])),
            ["rankCorrelationOfLowEntropyAlone"] = Correlation(ids.Select(i => -entropy[i]), ids.Select(i => dice[i])),
            ["meanPredictedDice"] = ids.Count == 0 ? null : Math.Round(ids.Average(i => predicted[i]), 4),
            ["meanTrueDice"] = Math.Round(dice.Values.Average(), 4),
        };
    }

    private static JsonNode? Correlation(IEnumerable<double> first, IEnumerable<double> second) =>
        RankCorrelation.Of([.. first], [.. second]) is var found && double.IsFinite(found) ? Math.Round(found, 3) : null;

    private static double Seconds(ref long since)
    {
        var elapsed = Stopwatch.GetElapsedTime(since);
        since = Stopwatch.GetTimestamp();
        return Math.Round(elapsed.TotalSeconds, 1);
    }
}
