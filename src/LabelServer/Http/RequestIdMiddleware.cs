namespace LabelServer.Http;

/// <summary>Gives each request an id, which the answer carries as <c>X-Request-Id</c>, and with which the log and the audit log name it. An id that a proxy gave is kept if it looks like one.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next, ILogger<RequestIdMiddleware> logger)
{
    private const string Header = "X-Request-Id";
    private const int Longest = 64;

    /// <summary>Runs the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[Header].ToString();
        var id = IsId(given) ? given : Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Header] = id;
            return Task.CompletedTask;
        });
        using var scope = logger.BeginScope(new RequestScope(id));
        await next(context);
    }

    // Nothing that could break a line of a log.
    private static bool IsId(string text) => text.Length is > 0 and <= Longest && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

/// <summary>The scope in which everything is logged that belongs to a request.</summary>
/// <param name="Id">The request's id.</param>
internal sealed record RequestScope(string Id);
