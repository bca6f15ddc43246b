using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Inference;
using LabelServer.Jobs;
using LabelServer.Models;
using LabelServer.Proposals;

namespace LabelServer.Scoring;

/// <summary>How uncertain a model is about each image without a final label: the entropy of its mean prediction over repeated passes.</summary>
/// <remarks>
/// <para>Parameters: <c>simulation_size</c> or <c>num_samples</c> (passes, default 5), <c>max_samples</c> (images at most, 0 for all), <c>dropout</c> (default 0.2), <c>highres</c>. Images that were measured with these very weights are skipped.</para>
/// <para>Different from the original: the second version there puts the bundle's postprocessed output, which may be a label map, into the entropy; here it is always the probabilities, in the network's own space. Scoring runs in the queue of
/// inferences, one image at a time, so that an annotator waits for one image at most.</para>
/// </remarks>
internal sealed class UncertaintyScoring(string name, string description, ModelDescription model, bool flips, (string Score, string Time) keys, UncertaintyScoringServices services) : IScoringMethod
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public bool IsStale => Read([]) is var (_, _, inference) && WeightsTime(inference) is var weights && services.Datastore.Snapshot().Images.Any(i => !i.IsLabeled && !i.IsAttachment && !IsFresh(i, weights));

    /// <inheritdoc/>
    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var (parameters, most, inference) = Read(job.Request);
        var weights = WeightsTime(inference);
        var images = services.Datastore.Snapshot().Images.Where(i => !i.IsLabeled && !i.IsAttachment).ToList();
        var stale = images.Where(i => !IsFresh(i, weights)).ToList();
        var chosen = most > 0 ? stale.Take(most).ToList() : stale;
        var started = services.Time.GetTimestamp();
        var (executed, failed) = (0, 0);
        foreach (var image in chosen)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                // Looked at before: weights that arrive meanwhile make the image stale, not its score theirs.
                var state = WeightsState.Of(model, WeightsFile(inference));
                var report = await MeasureAsync(image, parameters, inference, cancellationToken);
                var measured = new ImageUncertainty { Entropy = report.Entropy, Features = report.Features, Weights = state };
                await services.Datastore.UpdateImageInfoAsync(image.Id, info => info.With(keys.Score, report.Entropy).With(keys.Time, weights), cancellationToken);
                await services.Proposals.KeepAsync(image.Id, model.Id, flips, measured, cancellationToken);
                executed++;
                job.Log($"{executed + failed} of {chosen.Count}: {image.Id}: entropy {report.Entropy:0.0000}");
            }
            catch (Exception error) when (error is ImageRefusedException or ImageNotFoundException or InferenceMemoryException or InferenceTimedOutException or IOException)
            {
                failed++;
                job.Log($"{executed + failed} of {chosen.Count}: {image.Id}: not scored: {error.Message}");
            }
        }

        return new JsonObject
        {
            ["total"] = images.Count,
            ["skipped"] = images.Count - stale.Count,
            ["executed"] = executed,
            ["failed"] = failed,
            ["latency"] = Math.Round(services.Time.GetElapsedTime(started).TotalSeconds, 3),
        };
    }

    private (UncertaintyParameters Parameters, int Most, InferenceParameters Inference) Read(JsonObject request)
    {
        // The original raises a number below 2 to 2.
        var passes = ScoringParameters.Integer(request, "simulation_size", ScoringParameters.Integer(request, "num_samples", flips ? 8 : 5, 0, 64), 0, 64);
        var percent = request.TryGetPropertyValue("dropout", out var node) && node is JsonValue value && value.TryGetValue(out double share) ? share : 0.2;
        if (!(percent is > 0 and < 1))
            throw new Errors.BadRequestException($"The parameter dropout can not be {percent}. Give a share above 0 and below 1.");

        // Coarse unless asked for: the ranking of images does not need the fine grid, which costs eight times as much.
        var fine = ScoringParameters.Boolean(request, "highres", model.HasHighresChoice && model.DefaultHighres && !model.Weights.Any(w => w is { Highres: false, IsPresent: true }));
        return (new(flips, Math.Max(passes, 2), percent), ScoringParameters.Integer(request, "max_samples", 0, 0, int.MaxValue), new InferenceParameters { Highres = model.HasHighresChoice ? fine : null });
    }

    private Task<UncertaintyReport> MeasureAsync(ImageEntry image, UncertaintyParameters parameters, InferenceParameters inference, CancellationToken cancellationToken)
    {
        var job = new InferenceJob
        {
            Model = model.Id,
            ImageName = image.Id,
            Parts = [new InferenceImagePart("image" + image.Extension, _ => Task.FromResult(services.Datastore.OpenImage(image.Id).Content))],
            Parameters = inference,
        };
        return PatientDispatch.RunAsync(() => services.Dispatcher.MeasureAsync(job, parameters, null, cancellationToken), services.Time, cancellationToken);
    }

    private bool IsFresh(ImageEntry image, long weights) => image.Info.TryGet(keys.Time, out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var measured) && measured == weights;

    private string WeightsFile(InferenceParameters inference) => WeightsChoice.For(model, null, inference.Highres).FileName;

    private long WeightsTime(InferenceParameters inference)
    {
        var file = Path.Combine(model.Folder, "models", WeightsFile(inference));
        return File.Exists(file) ? new DateTimeOffset(File.GetLastWriteTimeUtc(file)).ToUnixTimeSeconds() : 1;
    }
}

/// <summary>What the scoring methods of all models share.</summary>
internal sealed record UncertaintyScoringServices(IDatastore Datastore, IUncertaintyDispatcher Dispatcher, ProposalStore Proposals, TimeProvider Time);
