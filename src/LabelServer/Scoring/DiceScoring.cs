using System.Text.Json.Nodes;
using LabelServer.ActiveLearning;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;
using LabelServer.Imaging;
using LabelServer.Imaging.Comparison;
using LabelServer.Jobs;

namespace LabelServer.Scoring;

/// <summary>The Dice score between two labels of each image that has both: submitted against predicted, unless asked otherwise.</summary>
/// <remarks>
/// Different from the original (tasks/scoring/dice.py), which multiplies raw label values and so passes 1 as soon as there are two labels: here each structure counts for itself, 2·|A∩B| / (|A|+|B|), and the image's score is their mean over
/// the structures that either label has. For one structure with the value 1 both are the same. Golden: active_learning/dice_and_sum.
/// </remarks>
internal sealed class DiceScoring(IDatastore datastore, LabelAgreement agreement) : IScoringMethod
{
    /// <inheritdoc/>
    public string Name => "dice";

    /// <summary>No strategy goes by it, so it runs only when it is asked for.</summary>
    public bool IsStale => false;

    /// <inheritdoc/>
    public string Description => "Compute Dice for predicated label vs submitted: for each structure, and their mean";

    /// <summary>The score of an image: the mean over the structures that are there, 1 when there are none.</summary>
    public static double Mean(IEnumerable<StructureAgreement> structures) => structures.Where(s => s.First + s.Second > 0).Select(s => s.Dice).DefaultIfEmpty(1).Average();

    /// <inheritdoc/>
    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var (tag, predicted) = (ScoringParameters.Text(job.Request, "y", LabelTags.Final), ScoringParameters.Text(job.Request, "y_pred", LabelTags.Original));
        var result = new JsonObject();
        var images = datastore.Snapshot().Images.Where(i => i.FindLabel(tag) is not null && i.FindLabel(predicted) is not null).ToList();
        for (var at = 0; at < images.Count; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var structures = await CompareAsync(images[at], tag, predicted, cancellationToken);
                var mean = Mean(structures.Values);
                var each = structures.Where(s => s.Value.First + s.Value.Second > 0).Aggregate(InfoDocument.Empty, (info, s) => info.With(s.Key, Math.Round(s.Value.Dice, 6)));
                await datastore.UpdateImageInfoAsync(images[at].Id, info => info.With(ScoreKeys.Dice, mean).With(ScoreKeys.Dice + "_labels", each), cancellationToken);
                result[images[at].Id] = mean;
                job.Log($"{at + 1} of {images.Count}: {images[at].Id}: {mean:0.0000}");
            }
            catch (Exception error) when (error is ImagingException or DatastoreException or IOException)
            {
                job.Log($"{at + 1} of {images.Count}: {images[at].Id}: not scored: {error.Message}");
            }
        }

        return result;
    }

    private async Task<OrderedDictionary<string, StructureAgreement>> CompareAsync(ImageEntry image, string tag, string predicted, CancellationToken cancellationToken)
    {
        await using var submitted = datastore.OpenLabel(image.Id, tag);
        await using var proposal = datastore.OpenLabel(image.Id, predicted);
        var (structures, _) = await agreement.CompareAsync(
            new NamedLabel(submitted.Content, submitted.Name, image.FindLabel(tag)!.ValueNames()), new NamedLabel(proposal.Content, proposal.Name, image.FindLabel(predicted)!.ValueNames()), withDistances: false, cancellationToken);
        return structures;
    }
}
