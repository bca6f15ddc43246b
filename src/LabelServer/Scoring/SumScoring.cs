using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Jobs;

namespace LabelServer.Scoring;

/// <summary>How large the final and original labels are: <see cref="LabelSum"/> of each, in the label's info.</summary>
/// <remarks>The synchronous result holds both labels of an image under <c>tags</c>; the original's holds only the last one, whose numbers stand beside them.</remarks>
internal sealed class SumScoring(IDatastore datastore) : IScoringMethod
{
    private static readonly string[] Tags = [LabelTags.Final, LabelTags.Original];

    /// <inheritdoc/>
    public string Name => "sum";

    /// <summary>No strategy goes by it, so it runs only when it is asked for.</summary>
    public bool IsStale => false;

    /// <inheritdoc/>
    public string Description => "Compute Numpy Sum for Final/Original Labels";

    /// <inheritdoc/>
    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var result = new JsonObject();
        var labels = datastore.Snapshot().Images.SelectMany(i => Tags.Where(t => i.FindLabel(t) is not null).Select(t => (i.Id, Tag: t))).ToList();
        for (var at = 0; at < labels.Count; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (id, tag) = labels[at];
            try
            {
                var sum = await SumAsync(id, tag, cancellationToken);
                await datastore.UpdateLabelInfoAsync(id, tag, InfoDocument.Empty.With("sum", sum.Sum).With("slices", sum.Slices), cancellationToken);
                Add(result, id, tag, sum);
                job.Log($"{at + 1} of {labels.Count}: {id} {tag}: {sum.Sum} in {sum.Slices} slices");
            }
            catch (Exception error) when (error is ImagingException or DatastoreException or IOException)
            {
                job.Log($"{at + 1} of {labels.Count}: {id} {tag}: not counted: {error.Message}");
            }
        }

        return result;
    }

    private static void Add(JsonObject result, string id, string tag, LabelSum sum)
    {
        var entry = result[id] as JsonObject ?? new JsonObject();
        (entry["sum"], entry["slices"]) = (sum.Sum, sum.Slices);
        var tags = entry["tags"] as JsonObject ?? new JsonObject();
        tags[tag] = new JsonObject { ["sum"] = sum.Sum, ["slices"] = sum.Slices };
        entry["tags"] = tags;
        result[id] = entry;
    }

    private async Task<LabelSum> SumAsync(string id, string tag, CancellationToken cancellationToken)
    {
        await using var file = datastore.OpenLabel(id, tag);
        using var volume = await VolumeReader.LoadAsync(file.Content, file.Name, cancellationToken: cancellationToken);
        return LabelSum.Of(volume.Volume);
    }
}
