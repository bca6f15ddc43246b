using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Http;
using LabelServer.Inference;
using LabelServer.OpenApi;

namespace LabelServer.Health;

/// <summary><c>GET /health/live</c> and <c>/health/ready</c>, for whatever watches the server. Not in MONAI Label.</summary>
internal static class HealthEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => new JsonAnswer(new JsonObject { ["status"] = "live" })).Describe(new("Server", "Whether the process answers"));
        routes.MapGet("/health/ready", (IDatastore datastore, IInferenceDispatcher dispatcher) =>
        {
            var queue = dispatcher.Queue;
            return new JsonAnswer(new JsonObject
            {
                ["status"] = "ready",
                ["images"] = datastore.Statistics.Total,
                ["inference"] = new JsonObject { ["running"] = queue.Running, ["waiting"] = queue.Waiting, ["capacity"] = queue.Capacity },
            });
        }).Describe(new("Server", "Whether requests can be served, and how many inferences run and wait"));
    }
}
