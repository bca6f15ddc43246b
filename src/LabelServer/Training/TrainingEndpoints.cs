using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Training;

/// <summary><c>/train</c> (protocol 4.6) while no training exists: nothing runs, and starting one says so.</summary>
internal static class TrainingEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapTraining(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/train/", (HttpRequest request) => IdleTasks.Status(request, "Train"));
        routes.MapDelete("/train/", () => new JsonAnswer(null));
        routes.MapPost("/train/", (HttpRequest request, CancellationToken token) => RefuseAsync(request, token));
        routes.MapPost("/train/{model}", (HttpRequest request, CancellationToken token) => RefuseAsync(request, token));
    }

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
