using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.Jobs;
using LabelServer.OpenApi;

namespace LabelServer.BatchInference;

/// <summary><c>/batch/infer</c> (protocol 4.5) while there are no batches.</summary>
internal static class BatchInferenceEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapBatchInference(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/infer", (HttpRequest request) => IdleJobs.Status(request, "Batch_infer")).Describe(new("Batch inference", "The status of the newest batch") { Query = TaskParameters.Status });
        routes.MapDelete("/batch/infer", () => new JsonAnswer(null)).Describe(new("Batch inference", "Stops the running batch"));
        routes.MapPost("/batch/infer/{model}", RefuseAsync).Describe(new("Batch inference", "Segments many images")
        {
            Query = [new("images", QueryKind.Text, "Which images") { Default = "all", Allowed = ["all", "labeled", "unlabeled"] }, TaskParameters.RunSync],
            HasJsonBody = true,
        });
    }

    private static async Task<IResult> RefuseAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(request);
        query.Choice("images", "all", "all", "labeled", "unlabeled");
        query.Boolean("run_sync", false);
        query.Validate();
        await RequestBody.ReadObjectAsync(request, cancellationToken);
        throw new NotImplementedHereException("This version of the server does not infer batches. Infer image by image with POST /infer/{model}?image=ID and \"save_label\": true in params.");
    }
}
