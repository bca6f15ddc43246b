using System.Text.Json;
using LabelServer.Datastore;
using LabelServer.Errors;
using LabelServer.Hosting;
using LabelServer.Http;
using LabelServer.Models;
using LabelServer.Sessions;

namespace LabelServer.Inference;

/// <summary>Carries out one inference request: finds the image, has it segmented, saves the result if asked to, and answers.</summary>
/// <remarks>Safe for concurrent use; how many run and wait is the dispatcher's business.</remarks>
internal sealed partial class InferenceService(
    ModelCatalog catalog,
    SessionStore sessions,
    IInferenceDispatcher dispatcher,
    StoredImageInference stored,
    IHostApplicationLifetime lifetime,
    ServerOptions options,
    ILogger<InferenceService> logger)
{
    /// <summary>Where uploaded images wait for their inference.</summary>
    private string UploadFolder => Path.Combine(options.StateFolder, "uploads");

    /// <summary>Reads, runs and answers.</summary>
    /// <param name="model">The model's name from the path.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancelled when the client goes away; the inference then stops.</param>
    /// <exception cref="RequestException">The request is wrong.</exception>
    /// <exception cref="InferenceDispatchException">The model is unknown or cannot run, or the inference failed.</exception>
    /// <exception cref="DatastoreException">The image is unknown, or the result could not be saved.</exception>
    /// <exception cref="SessionException">The session is unknown or has expired.</exception>
    public async Task<IResult> InferAsync(string model, HttpRequest request, CancellationToken cancellationToken)
    {
        // Asked before the body is read: a wrong name must not cost an upload of hundreds of megabytes.
        if (!catalog.Has(model))
            OriginalModels.Refuse(model);
        var description = catalog.Require(model);
        if (description.Problem is { } problem)
            throw new ModelNotUsableException(problem);

        await using var infer = await InferRequest.ReadAsync(request, model, UploadFolder, cancellationToken);
        if (infer.Output == InferOutput.DicomSeg)
            throw new NotImplementedHereException("DICOM SEG format is not supported in a non-DICOM datastore");
        if (infer.HasLabel)
            LogLabelIgnored(model);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var answer = IsStoredImage(infer)
            ? await stored.InferAsync(model, infer.ImageId, infer.Parameters, stop.Token)
            : await dispatcher.InferAsync(Job(infer), progress: null, stop.Token);
        try
        {
            var summary = JsonSerializer.SerializeToNode(answer.Summary, RecordJson.Default.InferenceSummary)!;
            if (infer.SaveAs is not null && IsStoredImage(infer))
                await stored.SaveAsync(model, infer.ImageId, infer.SaveAs, answer, summary, infer.ClientId, stop.Token);
            return new InferenceResult(answer, summary, infer.Output);
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    // A session wins over an upload, and that over an id, as in the original.
    private static bool IsStoredImage(InferRequest infer) => infer.Image is null && infer.SessionId.Length == 0;

    private InferenceJob Job(InferRequest infer) => infer.SessionId.Length > 0 ? SessionJob(infer) : UploadJob(infer, infer.Image!);

    private static InferenceJob UploadJob(InferRequest infer, UploadedFile upload) => new()
    {
        Model = infer.Model,
        ImageName = upload.FileName.Length > 0 ? upload.FileName : "the uploaded image",
        Parts = [new InferenceImagePart(UploadedImageName.For(upload), _ => Task.FromResult<Stream>(upload.OpenRead()))],
        Parameters = infer.Parameters,
    };

    private InferenceJob SessionJob(InferRequest infer)
    {
        sessions.RequireEnabled();
        var files = sessions.Files(infer.SessionId);
        return new InferenceJob
        {
            Model = infer.Model,
            ImageName = files is [var single] ? single.Name : $"the {files.Count} files of session {infer.SessionId}",
            Parts = [.. files.Select(f => new InferenceImagePart(Path.GetFileName(f.Name), _ => Task.FromResult<Stream>(f.OpenRead())))],
            Parameters = infer.Parameters,
        };
    }

    [LoggerMessage(120, LogLevel.Information, "The label that was sent along for {Model} is not used: this model works on the image alone")]
    private partial void LogLabelIgnored(string model);
}
