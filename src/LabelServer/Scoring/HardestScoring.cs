using System.Text.Json.Nodes;
using LabelServer.ActiveLearning.Hardest;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;
using LabelServer.Errors;
using LabelServer.Jobs;
using LabelServer.Proposals;

namespace LabelServer.Scoring;

/// <summary>Predicts for each image with a proposal how much of it will stay when a person has corrected it; see <see cref="DicePrediction"/>. The strategy of the same name serves by it.</summary>
internal sealed class HardestScoring(IDatastore datastore, ProposalStore proposals, FactCollector facts) : IScoringMethod
{
    private (int Labels, long Kept)? _seen;

    /// <inheritdoc/>
    public string Name => "hardest";

    /// <inheritdoc/>
    public bool IsStale => State() != _seen;

    /// <inheritdoc/>
    public string Description => "Predict the Dice between the kept proposal and the final label of images that have none yet, from entropy, volumes and features, learned on those that have one";

    /// <inheritdoc/>
    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var state = State();
        var models = proposals.Models();
        var asked = ScoringParameters.Text(job.Request, "model", string.Empty);
        if (asked.Length > 0 && !models.Contains(asked))
            throw new BadRequestException($"There are no proposals by the model '{asked}' yet. Infer images with it first.");
        (string Model, IReadOnlyList<ImageFacts> Facts) best = (string.Empty, []);
        foreach (var model in asked.Length > 0 ? [asked] : models)
        {
            // The model that most images were corrected from teaches most.
            var found = await facts.CollectAsync(model, cancellationToken);
            if (best.Model.Length == 0 || found.Count(f => f.Dice is not null) > best.Facts.Count(f => f.Dice is not null))
                best = (model, found);
        }

        _seen = state;
        var prediction = DicePrediction.Of(best.Facts);
        if (prediction is null)
        {
            job.Log($"{best.Facts.Count(f => f.Dice is not null)} images have a proposal and a final label; at least {DicePrediction.LeastExamples} are needed.");
            return new JsonObject { ["model"] = best.Model, ["examples"] = best.Facts.Count(f => f.Dice is not null), ["predicted"] = 0 };
        }

        foreach (var (id, dice) in prediction.Predicted)
            await datastore.UpdateImageInfoAsync(id, info => info.With(HardestStrategy.PredictionKey, Math.Round(dice, 4)), cancellationToken);
        var correlation = double.IsNaN(prediction.HeldOutRankCorrelation) ? (double?)null : Math.Round(prediction.HeldOutRankCorrelation, 3);
        job.Log($"{prediction.Predicted.Count} images predicted from {prediction.Examples}; rank correlation on images held out: {correlation?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}.");
        return new JsonObject { ["model"] = best.Model, ["examples"] = prediction.Examples, ["predicted"] = prediction.Predicted.Count, ["rank_correlation"] = correlation };
    }

    // All that it looks at: which images there are, the version of each final label, and what models said.
    private (int Labels, long Kept) State()
    {
        var labels = default(HashCode);
        foreach (var image in datastore.Snapshot().Images)
        {
            labels.Add(image.Id, StringComparer.Ordinal);
            labels.Add(image.FindLabel(LabelTags.Final) is { } label ? LabelStamp.Of(label).Id : null);
        }

        return (labels.ToHashCode(), proposals.Changes);
    }
}
