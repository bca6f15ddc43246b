namespace LabelServer.Http;

/// <summary>Bytes of a known length as a download. Never chunked or compressed.</summary>
/// <param name="content">The bytes from their start; not disposed.</param>
/// <param name="length">How many there are.</param>
/// <param name="downloadName">The name for the client.</param>
public sealed class StreamAnswer(Stream content, long length, string downloadName) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = ContentTypes.Of(downloadName);
        response.ContentLength = length;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentDisposition = Attachment.Header(downloadName);
        await content.CopyToAsync(response.Body, 256 * 1024, httpContext.RequestAborted);
    }
}
