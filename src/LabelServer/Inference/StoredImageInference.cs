using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Http;
using LabelServer.Models;
using LabelServer.Proposals;

namespace LabelServer.Inference;

/// <summary>Infers images of the data store, keeps each result as the model's last proposal for the image, and saves it as a label when asked to.</summary>
internal sealed class StoredImageInference(IDatastore datastore, IInferenceDispatcher dispatcher, ModelCatalog models, ProposalStore proposals)
{
    /// <summary>The job for an image.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    public InferenceJob Job(string model, string imageId, InferenceParameters parameters)
    {
        var image = datastore.FindImage(imageId) ?? throw new ImageNotFoundException($"There is no image '{imageId}' in the data store. GET /datastore/?output=all lists the images.");
        return new InferenceJob
        {
            Model = model,
            ImageName = image.Id,
            Parts = [new InferenceImagePart("image" + image.Extension, _ => Task.FromResult(datastore.OpenImage(image.Id).Content))],
            Parameters = parameters,
        };
    }

    /// <summary>Infers an image and keeps the proposal.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    /// <inheritdoc cref="IInferenceDispatcher.InferAsync" path="/exception"/>
    public async Task<InferenceAnswer> InferAsync(string model, string imageId, InferenceParameters parameters, CancellationToken cancellationToken)
    {
        // Looked at before: weights that arrive meanwhile have not made it.
        var weights = models.Has(model) ? WeightsState.Of(models.Require(model)) : [];
        var answer = await dispatcher.InferAsync(Job(model, imageId, parameters), progress: null, cancellationToken);
        try
        {
            await proposals.KeepAsync(imageId, model, weights, answer, cancellationToken);
            return answer;
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Saves an answer as a label.</summary>
    /// <param name="model">The model.</param>
    /// <param name="imageId">The image.</param>
    /// <param name="tag">The label's tag.</param>
    /// <param name="answer">The answer; stays the caller's.</param>
    /// <param name="summary">Its JSON.</param>
    /// <param name="clientId">The client that asked, or null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DatastoreException">The label is not accepted.</exception>
    public async Task SaveAsync(string model, string imageId, string tag, InferenceAnswer answer, JsonNode summary, string? clientId, CancellationToken cancellationToken)
    {
        using var received = await datastore.ReceiveAsync(answer.OpenResult(), ResultFileName.Create(answer.ResultExtension), cancellationToken);
        var info = new JsonObject { ["model"] = model, ["params"] = summary.DeepClone() };
        if (clientId is not null)
            info["client_id"] = clientId;
        await datastore.SaveLabelAsync(
            new LabelUpload(imageId, received)
            {
                Tag = tag,
                Info = InfoDocument.FromElement(JsonSerializer.SerializeToElement(info, RecordJson.Default.JsonObject)),
                ValueNames = answer.Summary.LabelNames.ToDictionary(l => l.Value, l => l.Key),
                By = model,
            },
            cancellationToken);
    }
}
