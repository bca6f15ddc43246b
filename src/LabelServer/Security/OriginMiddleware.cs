using System.Text;
using LabelServer.Errors;
using Microsoft.Extensions.Primitives;

namespace LabelServer.Security;

/// <summary>Refuses foreign requests by <see cref="OriginPolicy"/> before anything is done, and adds the CORS headers for those that are allowed (protocol 2.2).</summary>
public sealed class OriginMiddleware(RequestDelegate next, OriginPolicy policy)
{
    private static readonly string[] Methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

    /// <summary>Runs the request.</summary>
    /// <exception cref="ForbiddenException">The request comes from a foreign page or for a foreign host.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var origin = request.Headers.Origin is { Count: > 0 } sent ? sent.ToString() : null;
        var refusal = policy.Refusal(request.Scheme, request.Host, origin);

        // The browser asks before it sends: answered in the original's words, which nobody but a browser reads.
        if (origin is not null && HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod is { Count: > 0 } method)
            return AnswerPreflightAsync(context, refusal is null ? origin : null, method.ToString());
        if (refusal is not null)
            throw new ForbiddenException(refusal);
        if (origin is null)
            return next(context);

        // At the start of the answer, so that answers to errors carry them too.
        context.Response.OnStarting(() =>
        {
            var isAnyone = policy.AllowsAnyOrigin && request.Headers.Cookie.Count == 0;
            context.Response.Headers.AccessControlAllowOrigin = isAnyone ? "*" : origin;
            context.Response.Headers.AccessControlAllowCredentials = "true";
            if (!isAnyone)
                context.Response.Headers.Vary = StringValues.Concat(context.Response.Headers.Vary, "Origin");
            return Task.CompletedTask;
        });
        return next(context);
    }

    private static async Task AnswerPreflightAsync(HttpContext context, string? origin, string method)
    {
        var response = context.Response;
        var isKnown = Methods.Contains(method, StringComparer.Ordinal);
        var body = Encoding.ASCII.GetBytes(origin is null ? "Disallowed CORS origin" : isKnown ? "OK" : "Disallowed CORS method");
        response.StatusCode = origin is not null && isKnown ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        response.Headers.Vary = "Origin";
        response.Headers.AccessControlAllowMethods = string.Join(", ", Methods);
        response.Headers.AccessControlMaxAge = "600";
        response.Headers.AccessControlAllowCredentials = "true";
        if (origin is not null)
        {
            response.Headers.AccessControlAllowOrigin = origin;
            if (context.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } headers)
                response.Headers.AccessControlAllowHeaders = headers;
            if (context.Request.Headers["Access-Control-Request-Private-Network"] == "true")
                response.Headers["Access-Control-Allow-Private-Network"] = "true";
        }

        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
