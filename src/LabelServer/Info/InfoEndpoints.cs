using System.Text.Json.Nodes;
using LabelServer.Http;

namespace LabelServer.Info;

/// <summary><c>GET /info/</c>, and <c>POST /reload</c>, which has nothing to do here because nothing is cached that could be stale.</summary>
internal static class InfoEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapInfo(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/info/", (ServerInfo info) => new JsonAnswer(info.ToJson()));
        routes.MapPost("/reload", () => new JsonAnswer(new JsonObject()));
    }
}
