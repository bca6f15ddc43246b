using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabelServer.Datastore;

/// <summary>A JSON answer written without a copy in between, so that numbers and key order of stored info stay as they are.</summary>
internal sealed class RawJsonAnswer(ReadOnlyMemory<byte> json) : IResult
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object.</summary>
    public static RawJsonAnswer Of(InfoDocument info) => Of(info.Write);

    /// <summary>Writes a value.</summary>
    public static RawJsonAnswer Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            write(writer);
        }

        return new(buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.ContentLength = json.Length;
        await httpContext.Response.Body.WriteAsync(json, httpContext.RequestAborted);
    }
}
