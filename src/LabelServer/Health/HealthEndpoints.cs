using System.Text.Json.Nodes;
using LabelServer.Audit;
using LabelServer.Auth;
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
        routes.MapGet("/health/live", () => new JsonAnswer(new JsonObject { ["status"] = "live" })).DisableRateLimiting().Describe(new("Server", "Whether the process answers"));
        routes.MapGet("/health/ready", (HttpContext context, AuthState auth, AuditLog audit, IDatastore datastore, IInferenceDispatcher dispatcher) =>
        {
            // Whoever watches needs no log-in; how much there is and how busy it is, strangers are not told.
            var statistics = datastore.Statistics;
            if (auth.IsEnabled && !CurrentUser.Of(context).IsLoggedIn)
                return new JsonAnswer(new JsonObject { ["status"] = "ready" });
            var queue = dispatcher.Queue;
            return new JsonAnswer(new JsonObject
            {
                ["status"] = "ready",
                ["audit"] = audit.IsFailing ? "failing" : "ok",
                ["images"] = statistics.Total,
                ["inference"] = new JsonObject { ["running"] = queue.Running, ["waiting"] = queue.Waiting, ["capacity"] = queue.Capacity },
            });
        }).DisableRateLimiting().Describe(new("Server", "Whether requests can be served, and how many inferences run and wait"));
    }
}
