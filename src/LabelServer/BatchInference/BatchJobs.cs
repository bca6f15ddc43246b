using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Http;
using LabelServer.Inference;
using LabelServer.Jobs;

namespace LabelServer.BatchInference;

/// <summary>Infers the images of a batch one after the other, in the queue of all inferences. An image that fails is told and does not stop the others.</summary>
/// <remarks>Different from the original (monailabel/interfaces/tasks/batch_infer.py): an image that fails does not end the batch, the result names the tag under which it was saved, and without a GPU it just runs.</remarks>
internal sealed class BatchJobs(IDatastore datastore, StoredImageInference inference, TimeProvider time) : IJobHandler
{
    /// <inheritdoc/>
    public JobKind Kind => JobKind.BatchInfer;

    /// <inheritdoc/>
    public bool Resumes => false;

    /// <inheritdoc/>
    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var batch = BatchRequest.Read(job.Request);
        var ids = batch.Ids ?? datastore.ImageIds(batch.Selection);
        var chosen = batch.MaxBatchSize > 0 ? [.. ids.Take(batch.MaxBatchSize)] : ids;
        var result = new JsonObject();
        var failed = 0;
        for (var at = 0; at < chosen.Count; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                result[chosen[at]] = await OneAsync(chosen[at], batch, cancellationToken);
                job.Log($"{at + 1} of {chosen.Count}: {chosen[at]}: done");
            }
            catch (Exception error) when (error is not OperationCanceledException && IsOfOneImage(error))
            {
                failed++;
                result[chosen[at]] = new JsonObject { ["error"] = error.Message };
                job.Log($"{at + 1} of {chosen.Count}: {chosen[at]}: failed: {error.Message}");
            }
        }

        job.Log(failed == 0 ? $"{chosen.Count} images inferred." : $"{chosen.Count - failed} images inferred, {failed} failed.");
        return result;
    }

    private static bool IsOfOneImage(Exception error) => error is ImageRefusedException or InferenceMemoryException or InferenceTimedOutException or InferenceFailedException or WorkerEndedException
        or ImageNotFoundException or UnreadableUploadException or LabelGridException or UnnamedLabelValueException or IOException;

    private async Task<JsonObject> OneAsync(string id, BatchRequest batch, CancellationToken cancellationToken)
    {
        await using var answer = await PatientDispatch.RunAsync(() => inference.InferAsync(batch.Model, id, batch.Parameters, cancellationToken), time, cancellationToken);
        var summary = JsonSerializer.SerializeToNode(answer.Summary, RecordJson.Default.InferenceSummary)!;
        if (batch.SaveAs is { } tag)
        {
            await inference.SaveAsync(batch.Model, id, tag, answer, summary, batch.ClientId, cancellationToken);
            return new JsonObject { ["label"] = id, ["tag"] = tag, ["params"] = summary };
        }

        return new JsonObject { ["tag"] = null, ["params"] = summary };
    }
}
