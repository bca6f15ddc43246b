using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Errors;

namespace LabelServer.Http;

/// <summary>Reading of request bodies that are not forms.</summary>
public static class RequestBody
{
    /// <summary>The largest JSON body, in bytes. Clicks, options and label information are far smaller.</summary>
    public const int JsonLimit = 16 * 1024 * 1024;

    /// <summary>How much of a body is dropped for a client that may send nothing, in bytes: enough for a form, too little to keep the server busy.</summary>
    public const long StrangerLimit = 16L * 1024 * 1024;

    private const long DrainLimit = 2L * 1024 * 1024 * 1024;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    /// <summary>Whether a body may be read at all. A reused Python client announces one on GET and DELETE and sends none: reading it would wait for ever.</summary>
    public static bool MayHaveBody(HttpRequest request)
        => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsDelete(request.Method) && !HttpMethods.IsOptions(request.Method);

    /// <summary>Refuses a body that is packed: read as it is, it would be called broken.</summary>
    /// <exception cref="PackedBodyException">The request has another <c>Content-Encoding</c> than <c>identity</c>.</exception>
    public static void RequireUnpacked(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.ToString().Trim() is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new PackedBodyException($"The body is sent with Content-Encoding {(encoding.Length > 40 ? encoding[..40] + "…" : encoding)}, which this server does not unpack. Send it without; files such as .nii.gz are packed in themselves.");
    }

    /// <summary>Reads a body that is a JSON object. Absent, empty and <c>null</c> mean no parameters, and <c>NaN</c>, which Python's clients write, means no value.</summary>
    /// <exception cref="RequestValidationException">The body is no JSON, no object, or is sent as another type than JSON.</exception>
    /// <exception cref="PayloadTooLargeException">The body is larger than <see cref="JsonLimit"/>.</exception>
    /// <exception cref="PackedBodyException">The body is packed.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MayHaveBody(request))
            return [];
        RequireUnpacked(request);
        var bytes = await ReadAllAsync(request.Body, JsonLimit, "The JSON body", cancellationToken);
        if (bytes.All(b => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            return [];
        if (!IsJson(request.ContentType))
            throw new RequestValidationException(ValidationFault.NotObject(JsonValue.Create(System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 1000))))));
        JsonNode? value;
        try
        {
            value = WireJson.Read(PythonJson.WithoutNonNumbers(bytes));
        }
        catch (JsonException error)
        {
            throw new RequestValidationException(ValidationFault.InvalidJson(error.BytePositionInLine ?? 0, error.Message));
        }

        return value switch
        {
            null => [],
            JsonObject map => map,
            _ => throw new RequestValidationException(ValidationFault.NotObject(value)),
        };
    }

    /// <summary>Reads and drops what is left of the body, so that a client that is still sending gets to read the answer. Gives up after half a minute.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">After how many bytes to give up; the connection is closed then.</param>
    public static async Task DrainAsync(HttpContext context, long limit = DrainLimit)
    {
        if (!MayHaveBody(context.Request))
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        time.CancelAfter(DrainTime);
        try
        {
            for (long total = 0; total < limit;)
            {
                var count = await context.Request.Body.ReadAsync(buffer, time.Token);
                if (count == 0)
                    break;
                total += count;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException or BadHttpRequestException)
        {
            // The client is too slow, has gone, or its body is broken: the answer is sent all the same, and the connection is closed after it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a stream to its end into memory.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="limit">The largest number of bytes.</param>
    /// <param name="what">What is read, for the message.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="PayloadTooLargeException">The stream holds more than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAllAsync(Stream stream, int limit, string what, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (true)
            {
                var count = await stream.ReadAsync(buffer, cancellationToken);
                if (count == 0)
                    return content.ToArray();
                if (content.Length + count > limit)
                    throw new PayloadTooLargeException($"{what} is larger than {(limit >= 1024 * 1024 ? $"{limit / 1024 / 1024} MiB" : $"{limit / 1024} KiB")}. Send less text; images and labels go into file parts, which have no limit.");
                content.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // As in FastAPI: no type counts as JSON, another type makes the body plain text.
    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType))
            return true;
        var type = contentType.Split(';')[0].Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }
}
