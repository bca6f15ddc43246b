using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LabelServer.Http;

namespace LabelServer.Tests.Protocol;

/// <summary>Makes the bytes of a recorded request: its place holders filled in, its files replaced by stand-ins.</summary>
internal sealed partial class ReplayRequest(ReplayServer server, bool isGarbage)
{
    private const string Missing = "----------lImIt_of_THE_fIle_eW_$";

    /// <summary>What place holders such as <c>&lt;UUID1&gt;</c> stand for; filled by answers.</summary>
    public Dictionary<string, string> Bindings { get; } = new(StringComparer.Ordinal) { ["<STUDIES>"] = server.Studies, ["<TMP>"] = Path.GetTempPath() };

    /// <summary>The file that the last request carried, or null.</summary>
    public byte[]? SentFile { get; private set; }

    public string Fill(string text, bool escape = false)
        => Bindings.Aggregate(text, (filled, b) => filled.Replace(b.Key, escape ? Uri.EscapeDataString(b.Value) : b.Value, StringComparison.Ordinal));

    public async Task<byte[]> ToBytesAsync(RecordedExchange exchange)
    {
        SentFile = null;
        var boundary = BoundaryPattern().Match(exchange.Header("content-type") ?? string.Empty) is { Success: true } match ? match.Groups[1].Value : Missing;
        boundary = boundary.Replace("<32 hex>", "0123456789abcdef0123456789abcdef", StringComparison.Ordinal);
        var body = await BodyAsync(exchange, boundary);
        var head = new StringBuilder($"{exchange.Method} {Fill(exchange.Path, escape: true)} HTTP/1.1\r\nHost: {server.Address.Authority}\r\n");
        foreach (var (name, value) in exchange.Headers)
        {
            var sent = name.Equals("content-length", StringComparison.OrdinalIgnoreCase) && value.StartsWith('<') ? $"{body.Length}"
                : value.Replace("<32 hex>", boundary, StringComparison.Ordinal);
            head.Append($"{name}: {sent}\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private async Task<byte[]> BodyAsync(RecordedExchange exchange, string boundary) => exchange.Body switch
    {
        null => [],
        JsonObject body when body.ContainsKey("json") => Encoding.UTF8.GetBytes(body["json"]?.ToJsonString() ?? "null"),
        JsonObject body when body["text"] is { } text => Encoding.UTF8.GetBytes(text.GetValue<string>()),
        JsonObject body when body["form"] is JsonObject form => Encoding.UTF8.GetBytes(string.Join('&', form.Select(f => $"{f.Key}={Uri.EscapeDataString(Fill(f.Value!.GetValue<string>()))}"))),
        JsonObject body when body["multipart"] is JsonArray => await MultipartAsync(exchange, boundary),
        _ => await StaleMultipartAsync(exchange, boundary),
    };

    private async Task<byte[]> MultipartAsync(RecordedExchange exchange, string boundary)
    {
        using var bytes = new MemoryStream();
        foreach (var (headers, recorded) in exchange.Parts)
        {
            var disposition = PartDisposition.Parse(headers.First(h => h.StartsWith("Content-Disposition", StringComparison.Ordinal)).Split(": ", 2)[1])!;
            bytes.Write(Encoding.UTF8.GetBytes($"--{boundary}\r\n{string.Join("\r\n", headers.Select(h => Fill(h)))}\r\n\r\n"));
            bytes.Write(disposition.FileName is null ? TextOf(recorded) : SentFile = await server.Files.MakeAsync(exchange.Route, disposition.Name, disposition.FileName, recorded, isGarbage));
            bytes.Write("\r\n"u8);
        }

        bytes.Write(Encoding.UTF8.GetBytes($"--{boundary}--\r\n\r\n"));
        return bytes.ToArray();
    }

    // The body that python-requests makes for a session, under a content type that is left over from an earlier request.
    private async Task<byte[]> StaleMultipartAsync(RecordedExchange exchange, string boundary)
    {
        SentFile = await server.Files.MakeAsync(exchange.Route, "files", "x.nii.gz", new JsonObject { ["length"] = 10_000L }, isGarbage: false);
        return [.. Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"x.nii.gz\"\r\n\r\n"), .. SentFile, .. Encoding.UTF8.GetBytes($"\r\n--{boundary}--\r\n")];
    }

    private static byte[] TextOf(JsonNode? recorded) => recorded switch
    {
        JsonObject map when map.ContainsKey("json") => JsonSerializer.SerializeToUtf8Bytes(map["json"]),
        JsonObject map when map["text"] is { } text => Encoding.UTF8.GetBytes(text.GetValue<string>()),
        _ => [],
    };

    [GeneratedRegex("boundary=(.+)$")]
    private static partial Regex BoundaryPattern();
}
