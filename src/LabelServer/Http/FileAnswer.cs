using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LabelServer.Http;

/// <summary>A file as an answer: type by name, length, time and tag of the file, and a name when it is a download. Never chunked, compressed or partial.</summary>
/// <param name="path">The file on this machine.</param>
/// <param name="downloadName">The name for the client, or null to show the file in place.</param>
/// <param name="contentType">The content type; null for that of the name.</param>
public sealed class FileAnswer(string path, string? downloadName = null, string? contentType = null) : IResult
{
    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">The file has gone since it was looked up.</exception>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // Deleting or replacing the file meanwhile must not disturb a download.
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var length = file.Length;
        var written = File.GetLastWriteTimeUtc(file.SafeFileHandle);
        var response = httpContext.Response;
        response.ContentType = contentType ?? ContentTypes.Of(downloadName ?? path);
        response.ContentLength = length;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.LastModified = written.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.ETag = Tag(written, length);
        if (downloadName is not null)
            response.Headers.ContentDisposition = Attachment.Header(downloadName);
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await CopyAsync(file, length, response.Body, httpContext.RequestAborted);
    }

    private static async Task CopyAsync(FileStream file, long length, Stream body, CancellationToken cancellationToken)
    {
        // Not CopyToAsync: a log file may grow while it is sent, and the length is promised.
        var buffer = new byte[64 * 1024];
        while (length > 0)
        {
            var count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken);
            if (count == 0)
                throw new EndOfStreamException($"The file {Path.GetFileName(file.Name)} was cut short while it was sent.");
            await body.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            length -= count;
        }
    }

    private static string Tag(DateTime written, long length)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{written.Ticks}-{length}");
        return $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, 16))}\"";
    }
}
