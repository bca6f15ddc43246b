using System.Diagnostics;

namespace LabelServer.Logs;

/// <summary>Logs each request with its status and time (<c>--access_log</c>).</summary>
internal sealed partial class AccessLogMiddleware(RequestDelegate next, ILogger<AccessLogMiddleware> logger)
{
    /// <summary>Runs the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var elapsed = Stopwatch.GetElapsedTime(start);
            LogRequest(context.Request.Method, context.Request.Path, context.Response.StatusCode, elapsed.TotalMilliseconds);
        }
    }

    [LoggerMessage(110, LogLevel.Information, "{Method} {Path} {Status} in {Milliseconds:F1} ms")]
    private partial void LogRequest(string method, PathString path, int status, double milliseconds);
}
