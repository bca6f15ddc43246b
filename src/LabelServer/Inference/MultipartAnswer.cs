using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Http;

namespace LabelServer.Inference;

/// <summary>The default answer of an inference: the result JSON and the label map as <c>multipart/form-data</c>.</summary>
/// <remarks>
/// Slicer's client parses the raw socket, so the bytes matter: a length, never chunks; the part <c>params</c> without a file name; the part <c>image</c> with a plain quoted one; the headers in the
/// order Content-Disposition, Content-Type (protocol 1.3, 1.4 and 4.3).
/// </remarks>
/// <param name="summary">The result JSON.</param>
/// <param name="image">The label map from its start; not disposed.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="fileName">Its bare file name, of letters, digits, dots and underscores.</param>
internal sealed class MultipartAnswer(JsonNode summary, Stream image, long length, string fileName) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        byte[] head =
        [
            .. Encoding.ASCII.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"params\"\r\nContent-Type: application/json\r\n\r\n"),
            .. WireJson.Write(summary),
            .. Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{fileName}\"\r\nContent-Type: {ContentTypes.Of(fileName)}\r\n\r\n")),
        ];
        var tail = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");

        var response = httpContext.Response;
        response.ContentType = $"multipart/form-data; boundary={boundary}";
        response.ContentLength = head.Length + length + tail.Length;
        var cancellationToken = httpContext.RequestAborted;
        await response.Body.WriteAsync(head, cancellationToken);
        await image.CopyToAsync(response.Body, 256 * 1024, cancellationToken);
        await response.Body.WriteAsync(tail, cancellationToken);
    }
}
