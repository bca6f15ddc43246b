using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.OpenApi;

namespace LabelServer.Training;

/// <summary><c>/train</c> (protocol 4.6) while no training exists: nothing runs, and starting one says so.</summary>
internal static class TrainingEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapTraining(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/train/", (HttpRequest request) => IdleTasks.Status(request, "Train")).Describe(new("Training", "The status of the newest training") { Query = TaskParameters.Status });
        routes.MapDelete("/train/", () => new JsonAnswer(null)).Describe(new("Training", "Stops the running training"));
        routes.MapPost("/train/", RefuseAsync).Describe(Start("Trains every model; deprecated"));
        routes.MapPost("/train/{model}", RefuseAsync).Describe(Start("Trains a model with the submitted labels"));
    }

    private static OperationDescription Start(string summary) => new("Training", summary) { Query = [TaskParameters.RunSync, TaskParameters.Enqueue], HasJsonBody = true };

    private static async Task<IResult> RefuseAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(request);
        query.Boolean("run_sync", false);
        query.Boolean("enqueue", false);
        query.Validate();
        await RequestBody.ReadObjectAsync(request, cancellationToken);
        throw new NotImplementedHereException("This version of the server does not train models. Labels that you submit are kept for training.");
    }
}
