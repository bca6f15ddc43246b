using System.Globalization;
using System.Text.Json.Nodes;
using LabelServer.Http;

namespace LabelServer.Errors;

/// <summary>Turns every error of a request into an answer that a person can read: JSON <c>{"detail": …}</c> with the status of <see cref="ErrorMap"/>.</summary>
/// <remarks>
/// A path or method that nobody serves gets the original's words (<c>Not Found</c>, <c>Method Not Allowed</c>). A client that has gone gets no answer and leaves no error in the log.
/// What is not in the map gets 500 with an id under which the log holds the whole error.
/// </remarks>
public sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    /// <summary>Status for a request whose client has gone; nobody reads it but logs and metrics.</summary>
    public const int ClientClosedRequest = 499;

    /// <summary>Runs the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            await DescribeEmptyAnswerAsync(context);
        }
        catch (Exception error) when (context.RequestAborted.IsCancellationRequested && IsCancellation(error))
        {
            LogClientGone(context.Request.Method, context.Request.Path);
            if (!context.Response.HasStarted)
                context.Response.StatusCode = ClientClosedRequest;
        }
        catch (Exception error)
        {
            await AnswerAsync(context, error);
        }
    }

    /// <summary>A broken connection shows as a cancellation, or as a read or write that failed because of it.</summary>
    private static bool IsCancellation(Exception error) => error is OperationCanceledException or IOException or ObjectDisposedException;

    private static async Task DescribeEmptyAnswerAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.ContentLength is not null || response.ContentType is not null)
            return;
        var detail = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => "Not Found",
            StatusCodes.Status405MethodNotAllowed => "Method Not Allowed",
            _ => null,
        };
        if (detail is not null)
            await WriteAsync(context, response.StatusCode, detail);
    }

    private async Task AnswerAsync(HttpContext context, Exception error)
    {
        var status = ErrorMap.StatusOf(error);
        if (status is null)
            LogUnexpected(error, context.Request.Method, context.Request.Path, context.TraceIdentifier);
        else
            LogRefused(context.Request.Method, context.Request.Path, status.Value, error.Message);

        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one: the client sees a broken connection.
            context.Abort();
            return;
        }

        JsonNode? detail = error switch
        {
            RequestValidationException invalid => invalid.ToDetail(),
            IOException when status is StatusCodes.Status507InsufficientStorage
                => $"The server's disk is full ({error.Message}). Nothing was stored or changed. Free some space on it and send the request again.",
            _ when status is null => $"The server met an error that it did not expect ({error.GetType().Name}). The log (/logs/) has the details under the id {context.TraceIdentifier}; "
                + "please send that part to the server's administrator.",
            _ => error.Message,
        };
        var retryAfter = (error as IRetryable)?.RetryAfter;
        await RequestBody.DrainAsync(context);
        context.Response.Clear();
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await WriteAsync(context, status ?? StatusCodes.Status500InternalServerError, detail);
    }

    private static Task WriteAsync(HttpContext context, int status, JsonNode? detail)
        => new JsonAnswer(new JsonObject { ["detail"] = detail }, status).ExecuteAsync(context);

    [LoggerMessage(101, LogLevel.Error, "{Method} {Path} failed unexpectedly (id {Id})")]
    private partial void LogUnexpected(Exception error, string method, PathString path, string id);

    [LoggerMessage(102, LogLevel.Warning, "{Method} {Path} answered {Status}: {Reason}")]
    private partial void LogRefused(string method, PathString path, int status, string reason);

    [LoggerMessage(103, LogLevel.Information, "{Method} {Path}: the client has gone; the request was cancelled")]
    private partial void LogClientGone(string method, PathString path);
}
