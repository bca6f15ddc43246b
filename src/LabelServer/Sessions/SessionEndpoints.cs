using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Errors;
using LabelServer.Hosting;
using LabelServer.Http;
using LabelServer.OpenApi;
using Microsoft.AspNetCore.Mvc;

namespace LabelServer.Sessions;

/// <summary><c>/session</c> (protocol 4.10).</summary>
internal static class SessionEndpoints
{
    /// <summary>Adds sessions to the server's services.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(SessionOptions.From(options));
        services.AddSingleton<SessionStore>();
        services.AddHostedService<SessionCleaner>();
        return services;
    }

    /// <summary>Adds the endpoints.</summary>
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/session/", CreateAsync).Describe(new("Sessions", "Keeps an image for a while without adding it to the studies")
        {
            Query =
            [
                new("uncompress", QueryKind.Boolean, "Unpack an archive") { Default = "false" },
                new("expiry", QueryKind.Integer, "Seconds after the last use; 0 for the longest") { Default = "0" },
            ],
            FormFiles = ["files"],
        });
        routes.MapGet("/session/{session_id}", Get).Describe(new("Sessions", "What is known about a session, or its image")
        {
            Query = [new("update_ts", QueryKind.Boolean, "Counts as a use") { Default = "false" }, new("image", QueryKind.Boolean, "Answer the file") { Default = "false" }],
            Answers = ["application/json", ContentTypes.Default],
        });
        routes.MapDelete("/session/{session_id}", Remove).Describe(new("Sessions", "Ends a session"));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, SessionStore sessions, CancellationToken cancellationToken)
    {
        sessions.RequireEnabled();
        var query = new RequestQuery(context.Request);
        var unpack = query.Boolean("uncompress", false);
        var expiry = query.Integer("expiry", 0);
        query.Validate();
        await using var form = await UploadForm.ReadAsync(context.Request, sessions.IncomingFolder, cancellationToken);
        var info = await sessions.CreateAsync(form.RequiredFiles("files"), unpack, expiry, cancellationToken);
        return new JsonAnswer(new JsonObject { ["session_id"] = info.Name, ["session_info"] = Describe(context, info) });
    }

    private static IResult Get([FromRoute(Name = "session_id")] string id, HttpContext context, SessionStore sessions)
    {
        sessions.RequireEnabled();
        var query = new RequestQuery(context.Request);
        query.Boolean("update_ts", false);
        var image = query.Boolean("image", false);
        query.Validate();
        var info = sessions.Use(id);
        if (!image)
        {
            return new JsonAnswer(Describe(context, info));
        }

        return sessions.Files(id) is [var file] && File.Exists(info.Image)
            ? new FileAnswer(file.LocalPath, file.Name)
            : throw new ConflictException($"The session ({id}) holds an image of several files, which cannot be sent as one. Infer with session_id={id} instead of downloading it.");
    }

    private static JsonAnswer Remove([FromRoute(Name = "session_id")] string id, HttpContext context, SessionStore sessions) =>
        new(Describe(context, sessions.Remove(id) ?? throw new SessionNotFoundException("Session Not Found")));

    /// <summary>The info as clients get it. Paths of the server only go to clients on the same machine, as in <see cref="ClientPaths"/>.</summary>
    private static JsonObject Describe(HttpContext context, SessionInfo info)
    {
        var isLocal = ClientPaths.AreShown(context);
        var address = ApiAddress.Of(context, $"/session/{info.Name}");
        return new()
        {
            ["name"] = info.Name,
            ["path"] = isLocal ? info.Path : address,
            ["image"] = isLocal ? info.Image : address + "?image=true",
            ["meta"] = info.Meta.DeepClone(),
            ["create_ts"] = info.Created,
            ["last_access_ts"] = info.LastAccess,
            ["expiry"] = info.Expiry,
        };
    }
}
