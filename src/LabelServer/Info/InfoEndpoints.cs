using System.Text.Json.Nodes;
using LabelServer.Http;
using LabelServer.OpenApi;

namespace LabelServer.Info;

/// <summary><c>GET /info/</c>, and <c>POST /reload</c>, which has nothing to do here because nothing is cached that could be stale.</summary>
internal static class InfoEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapInfo(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/info/", (ServerInfo info) => new JsonAnswer(info.ToJson())).Describe(new("Server", "What this server offers: models, strategies, labels, and how many images there are"));
        routes.MapPost("/reload", () => new JsonAnswer(new JsonObject())).Describe(new("Server", "Nothing to do here: bundles and weights that change are noticed at once"));
    }
}
