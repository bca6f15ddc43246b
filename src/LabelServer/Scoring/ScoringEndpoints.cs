using System.Text.Json.Nodes;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.Jobs;
using LabelServer.OpenApi;

namespace LabelServer.Scoring;

/// <summary><c>/scoring</c> (protocol 4.8) for an app without scoring methods.</summary>
internal static class ScoringEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapScoring(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/scoring/", (HttpRequest request) => IdleJobs.Status(request, "Scoring")).Describe(new("Scoring", "The status of the newest scoring") { Query = TaskParameters.Status });
        routes.MapDelete("/scoring/", () => new JsonAnswer(null)).Describe(new("Scoring", "Stops the running scoring"));
        routes.MapPost("/scoring/", AllAsync).Describe(new("Scoring", "Runs every scoring method; deprecated") { Query = [TaskParameters.RunSync], HasJsonBody = true });
        routes.MapPost("/scoring/{method}", OneAsync).Describe(new("Scoring", "Runs a scoring method") { Query = [TaskParameters.RunSync], HasJsonBody = true });
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
