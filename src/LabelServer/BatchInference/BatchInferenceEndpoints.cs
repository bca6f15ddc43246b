using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Datastore.Names;
using LabelServer.Errors;
using LabelServer.Hosting;
using LabelServer.Http;
using LabelServer.Jobs;
using LabelServer.Models;
using LabelServer.OpenApi;
using LabelServer.Workers;

namespace LabelServer.BatchInference;

/// <summary><c>/batch/infer</c> (protocol 4.5).</summary>
internal static class BatchInferenceEndpoints
{
    /// <summary>Adds batches as a kind of job.</summary>
    public static IServiceCollection AddBatchInference(this IServiceCollection services) => services.AddJobKind<BatchJobs>();

    /// <summary>Adds the endpoints.</summary>
    public static void MapBatchInference(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/infer", (HttpRequest request, JobQueue<BatchJobs> queue) => JobAnswers.Status(request, queue)).Describe(new("Batch inference", "The status of the newest batch") { Query = TaskParameters.Status });
        routes.MapDelete("/batch/infer", (JobQueue<BatchJobs> queue, CancellationToken token) => JobAnswers.StopAsync(queue, token)).Describe(new("Batch inference", "Stops the running batch"));
        routes.MapPost("/batch/infer/{model}", StartAsync).Describe(new("Batch inference", "Segments many images")
        {
            Query = [new("images", QueryKind.Text, "Which images") { Default = "all", Allowed = ["all", "labeled", "unlabeled"] }, TaskParameters.RunSync],
            HasJsonBody = true,
        });
    }

    private static async Task<IResult> StartAsync(string model, HttpRequest request, ModelCatalog catalog, LocalDatastore store, EnabledTasks tasks, JobQueue<BatchJobs> queue, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(request);
        var images = query.Choice("images", "all", "all", "labeled", "unlabeled");
        var runSync = query.Boolean("run_sync", false);
        query.Validate();
        if (!tasks.BatchInfer)
            throw new ResourceNotFoundException("Batch inference is switched off on this server (MONAI_LABEL_TASKS_BATCH_INFER).");
        var description = catalog.Require(model);
        if (description.Problem is { } problem)
            throw new Inference.ModelNotUsableException(problem);
        var body = await RequestBody.ReadObjectAsync(request, cancellationToken);

        // What the body says about model and images stands beneath the address, except for a list of ids, which the address cannot hold.
        var job = new JsonObject { ["model"] = model, ["images"] = request.Query.ContainsKey("images") ? images : BatchRequest.Word(body) ?? images };
        foreach (var (key, value) in body.Where(b => b.Key != "model" && (b.Key != "images" || b.Value is JsonArray)))
            job[key] = value?.DeepClone();

        // A value that cannot be is told at once, not by a job that fails on every image.
        var batch = BatchRequest.Read(job);
        InferHeaderFactory.Check(batch.Parameters, description);
        if (batch.SaveAs is { } tag)
            LabelTagNames.Require(tag, store.Statistics.LabelTags.Select(t => t.Key));
        return new JsonAnswer(await JobAnswers.StartAsync(queue, job, runSync, enqueue: false, cancellationToken));
    }
}
