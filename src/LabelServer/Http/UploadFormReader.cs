using System.Text;
using LabelServer.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace LabelServer.Http;

/// <summary>Reads a form as the clients of MONAI Label really send it, into an <see cref="UploadForm"/>.</summary>
/// <remarks>
/// <para>Taken: no body; no content type; <c>application/x-www-form-urlencoded</c>; <c>multipart/*</c> with any boundary (the Python client's has ten dashes, <c>$</c> and <c>_</c>); a multipart body under a stale
/// content type such as <c>application/json</c>, or the Python client's multipart type of an earlier request, whose boundary is then its first line (protocol 11.2). Any other body counts as no form, as in the original.</para>
/// <para>A part is a file when its disposition has a file name. Files have no size limit and never pass through memory as a whole; text has <see cref="TextLimit"/>.</para>
/// </remarks>
internal sealed class UploadFormReader(UploadForm form, FilePartReceiver receive)
{
    /// <summary>The largest text of one form, all fields together, in bytes.</summary>
    public const int TextLimit = 16 * 1024 * 1024;

    /// <summary>The largest number of parts. A DICOM series of a whole body has a few thousand files.</summary>
    public const int PartLimit = 20_000;

    // Once it has logged in, the Python client sends the header of its last own form with the next session too, whose body another library writes.
    private const string PythonClientBoundary = "----------lImIt_of_THE_fIle_eW_$";

    // What is looked at for a boundary, and no more: the rest may be long in coming.
    private const int PeekLength = 256;
    private const string BrokenBody = "There was an error parsing the body";
    private int _textLeft = TextLimit;

    public async Task ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!RequestBody.MayHaveBody(request) || request.ContentLength == 0)
            return;
        RequestBody.RequireUnpacked(request);

        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        if (type is not null && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            await ReadUrlEncodedAsync(request.Body, cancellationToken);
            return;
        }

        string? declared = null;
        if (request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true)
        {
            declared = HeaderUtilities.RemoveQuotes(type?.Boundary ?? default).Value;
            if (string.IsNullOrEmpty(declared))
                throw new BadRequestException("Missing boundary in multipart.");
            if (declared != PythonClientBoundary)
            {
                await ReadMultipartAsync(request.Body, declared, cancellationToken);
                return;
            }
        }

        var peeked = await PeekAsync(request.Body, cancellationToken);
        if ((RecoverBoundary(peeked.Span) ?? declared) is { } boundary)
        {
            await using var whole = new PrefixedStream(peeked, request.Body);
            await ReadMultipartAsync(whole, boundary, cancellationToken);
        }
    }

    /// <summary>The boundary that the first line of a multipart body gives away, or null when the body does not start like one.</summary>
    internal static string? RecoverBoundary(ReadOnlySpan<byte> start)
    {
        var end = start.IndexOf("\r\n"u8);
        if (end <= 2 || end > 202 || !start.StartsWith("--"u8))
            return null;
        var next = start[(end + 2)..];
        return next.Length >= 8 && Ascii.EqualsIgnoreCase(next[..8], "content-"u8) ? Encoding.Latin1.GetString(start[2..end]) : null;
    }

    private static async Task<ReadOnlyMemory<byte>> PeekAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[PeekLength];
        var length = await body.ReadAtLeastAsync(buffer, PeekLength, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsMemory(0, length);
    }

    private async Task ReadUrlEncodedAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = await RequestBody.ReadAllAsync(body, TextLimit, "The form", cancellationToken);
        foreach (var pair in Encoding.UTF8.GetString(bytes).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? string.Empty : pair[(equals + 1)..];
            form.Add(Decode(name), Decode(value));
        }

        static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    private async Task ReadMultipartAsync(Stream body, string boundary, CancellationToken cancellationToken)
    {
        var reader = new MultipartReader(boundary, body, 64 * 1024) { BodyLengthLimit = null };
        var part = "its first part";
        try
        {
            for (var count = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; count++)
            {
                if (count >= PartLimit)
                    throw new PayloadTooLargeException($"The form has more than {PartLimit} parts. Send the files in several requests, or as one archive.");
                if (PartDisposition.Parse(section.ContentDisposition) is not { Name.Length: > 0 } disposition)
                    throw new BadRequestException($"{BrokenBody}: a part has no name in its Content-Disposition.");
                part = $"the part '{disposition.Name}'";
                if (disposition.FileName is null)
                    await ReadTextAsync(disposition.Name, section.Body, cancellationToken);
                else
                    await receive(disposition.Name, disposition.FileName, section.Body, cancellationToken);
            }
        }
        catch (InvalidDataException error)
        {
            throw new BadRequestException($"{BrokenBody}: {error.Message}", error);
        }
        catch (IOException error) when (error.Message.StartsWith("Unexpected end of Stream", StringComparison.Ordinal))
        {
            throw new BadRequestException($"{BrokenBody}: it ends in {part}, before the closing boundary. The upload was cut off; send it again.", error);
        }
    }

    private async Task ReadTextAsync(string name, Stream body, CancellationToken cancellationToken)
    {
        var bytes = await RequestBody.ReadAllAsync(body, _textLeft, $"The text of the form up to the field '{name}'", cancellationToken);
        _textLeft -= bytes.Length;
        form.Add(name, Encoding.UTF8.GetString(bytes));
    }
}
