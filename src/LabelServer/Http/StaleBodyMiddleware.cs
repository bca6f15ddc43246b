namespace LabelServer.Http;

/// <summary>Closes the connection after a GET, HEAD or DELETE that announces a body.</summary>
/// <remarks>A reused Python client repeats the <c>content-length</c> of its last POST there and sends no body (protocol 1.9). The connection's next bytes would be taken for it; waiting for them would hang.</remarks>
internal sealed class StaleBodyMiddleware(RequestDelegate next)
{
    /// <summary>Runs the request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!RequestBody.MayHaveBody(request) && (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0))
        {
            // At the start of the answer, because an error clears the headers that were set before it.
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
        }

        return next(context);
    }
}
