using System.Text.Json.Nodes;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.Training;

namespace LabelServer.Scoring;

/// <summary><c>/scoring</c> (protocol 4.8) for an app without scoring methods.</summary>
internal static class ScoringEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapScoring(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/scoring/", (HttpRequest request) => IdleTasks.Status(request, "Scoring"));
        routes.MapDelete("/scoring/", () => new JsonAnswer(null));
        routes.MapPost("/scoring/", AllAsync);
        routes.MapPost("/scoring/{method}", OneAsync);
    }

    private static async Task<IResult> AllAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        await ReadAsync(request, cancellationToken);
        return new JsonAnswer(new JsonObject());
    }

    private static async Task<IResult> OneAsync(string method, HttpRequest request, CancellationToken cancellationToken)
    {
        await ReadAsync(request, cancellationToken);
        throw new ResourceNotFoundException($"There is no scoring method '{method}': this app offers none.");
    }

    private static async Task ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(request);
        query.Boolean("run_sync", false);
        query.Validate();
        await RequestBody.ReadObjectAsync(request, cancellationToken);
    }
}
