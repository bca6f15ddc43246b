using System.Text.Json.Nodes;
using LabelServer.Audit;
using LabelServer.Errors;
using LabelServer.Hosting;
using LabelServer.Http;
using LabelServer.OpenApi;

namespace LabelServer.Logs;

/// <summary><c>GET</c> and <c>PUT /logs/level</c>: the lowest level that is logged, to change while the server runs. Not in MONAI Label.</summary>
internal static partial class LogLevelEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapLogLevel(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/logs/level", (LogLevelSwitch level) => Answer(level)).Describe(new("Server", "The lowest level that is logged"));
        routes.MapPut("/logs/level", SetAsync).Describe(new("Server", "Changes the lowest level that is logged, until the server stops: {\"level\": \"DEBUG\"}") { HasJsonBody = true });
    }

    private static async Task<IResult> SetAsync(HttpContext context, LogLevelSwitch level, ILogger<LogLevelSwitch> logger, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadObjectAsync(context.Request, cancellationToken);
        var name = body["level"] is JsonValue value && value.TryGetValue(out string? text) ? text : string.Empty;
        if (LogLevelNames.Find(name) is not { } wanted)
            throw new BadRequestException($"There is no level '{name}'. Send {{\"level\": \"…\"}} with one of {string.Join(", ", LogLevelNames.All)}.");
        AuditTrail.Of(context).Note("level", LogLevelNames.Of(wanted)).Note("former", LogLevelNames.Of(level.Level));
        level.Level = wanted;
        LogChanged(logger, LogLevelNames.Of(wanted));
        return Answer(level);
    }

    private static JsonAnswer Answer(LogLevelSwitch level) => new(new JsonObject { ["level"] = LogLevelNames.Of(level.Level) });

    [LoggerMessage(111, LogLevel.Warning, "The log now begins at level {Level}.")]
    private static partial void LogChanged(ILogger logger, string level);
}
