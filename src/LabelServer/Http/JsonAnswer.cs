using System.Text.Json.Nodes;

namespace LabelServer.Http;

/// <summary>A JSON answer with <c>Content-Length</c>: <c>application/json</c>, written by <see cref="WireJson"/>. No value becomes the body <c>null</c>.</summary>
/// <param name="value">What to answer.</param>
/// <param name="status">The status; every success is 200, because clients take nothing else for one.</param>
public sealed class JsonAnswer(JsonNode? value, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>The value.</summary>
    public JsonNode? Value => value;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = WireJson.Write(value);
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
