using System.Text.Json.Nodes;
using LabelServer.Auth;
using LabelServer.Http;

namespace LabelServer.Audit;

/// <summary>One line of the audit log.</summary>
public sealed record AuditEntry
{
    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What was done, such as <c>label.save</c>.</summary>
    public required string Action { get; init; }

    /// <summary><c>ok</c>, <c>refused</c> (the request was not carried out), <c>failed</c> (the server met an error), <c>gone</c> (the client left before it had an answer).</summary>
    public required string Outcome { get; init; }

    /// <summary>Who; null when nobody has logged in though a log-in is asked for.</summary>
    public string? User { get; init; }

    /// <summary>Further members, in their order.</summary>
    public JsonObject Details { get; init; } = [];

    /// <summary>The line: UTF-8 JSON with a line break.</summary>
    public byte[] ToLine()
    {
        var json = new JsonObject
        {
            ["time"] = Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["action"] = Action,
            ["outcome"] = Outcome,
            ["user"] = User,
        };
        foreach (var (name, value) in Details)
            json[name] = value?.DeepClone();
        return [.. WireJson.Write(json), (byte)'\n'];
    }

    /// <summary>The entry of a request that was answered, or whose client has gone.</summary>
    internal static AuditEntry Of(HttpContext context, AuditTrail trail, DateTimeOffset now, bool isLogInAsked)
    {
        var user = CurrentUser.Of(context);
        var status = context.Response.StatusCode;
        var details = new JsonObject
        {
            ["address"] = user.Address?.ToString(),
            ["request"] = context.TraceIdentifier,
            ["method"] = context.Request.Method,
            ["path"] = Cut(context.Request.PathBase + context.Request.Path),
            ["status"] = status,
        };
        foreach (var (name, value) in context.Request.RouteValues)
            details[name] = Cut(value?.ToString());
        foreach (var name in new[] { "image", "label", "id", "tag", "model_filename", "version", "session_id" })
        {
            if (context.Request.Query.TryGetValue(name, out var value))
                details[name] = Cut(value[^1]);
        }

        foreach (var (name, value) in trail.Notes)
            details[name] = value?.DeepClone();
        return new AuditEntry
        {
            Time = now,
            Action = trail.Action!,
            Outcome = OutcomeOf(status, context),
            User = user.IsLoggedIn || !isLogInAsked ? user.Name : null,
            Details = details,
        };
    }

    private static string OutcomeOf(int status, HttpContext context)
    {
        if (context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
            return "gone";
        return status switch { < 400 => "ok", Errors.ErrorMiddleware.ClientClosedRequest => "gone", < 500 => "refused", _ => "failed" };
    }

    private static string? Cut(string? text)
    {
        const int Longest = 1024;
        return text is { Length: > Longest } ? text[..Longest] : text;
    }
}
