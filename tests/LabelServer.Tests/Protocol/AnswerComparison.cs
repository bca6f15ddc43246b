using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LabelServer.Tests.Protocol;

/// <summary>Says where an answer differs from the recorded one in status, headers, shape or meaning.</summary>
/// <remarks>Values are compared unless they are times, results of random networks, or free text; of numbers of images and labels the change within a case is compared.</remarks>
internal sealed partial class AnswerComparison(ReplayRequest requests)
{
    private static readonly string[] ComparedHeaders =
    [
        "content-type", "content-disposition", "www-authenticate", "vary", "access-control-allow-origin", "access-control-allow-credentials",
        "access-control-allow-methods", "access-control-allow-headers", "access-control-max-age",
    ];

    private readonly JsonComparison _json = new(requests.Bindings);

    /// <summary>All differences; empty when there is none.</summary>
    /// <param name="exchange">What was recorded.</param>
    /// <param name="answer">What this server answered.</param>
    /// <param name="file">The bytes that a file answer must have; null when it is not known.</param>
    public IReadOnlyList<string> Differences(RecordedExchange exchange, WireAnswer answer, byte[]? file)
    {
        var found = new List<string>();
        if (answer.Status != exchange.Status)
            return [$"status {answer.Status} instead of {exchange.Status}: {answer.Text[..Math.Min(300, answer.Text.Length)]}"];
        foreach (var name in ComparedHeaders)
            CompareHeader(name, exchange, answer, found);
        if (exchange.AnswerHeaders.TryGetValue("allow", out var allow) && answer.Header("allow")?.Contains(allow, StringComparison.Ordinal) != true)
            found.Add($"allow: {answer.Header("allow")} lacks {allow}");
        if (exchange.AnswerHeaders.ContainsKey("etag") && exchange is { Method: "GET", Route: not "/datastore/dataset" } && !EtagPattern().IsMatch(answer.Header("etag") ?? string.Empty))
            found.Add($"etag: {answer.Header("etag")}");
        if (exchange.Method != "HEAD" && exchange.AnswerBody is JsonObject body)
            CompareBody(body, answer, file, found);
        return found;
    }

    /// <summary>The parts of a multipart answer, found by the boundary that its header names.</summary>
    public static IReadOnlyList<(string[] Headers, byte[] Body)> Parts(WireAnswer answer)
    {
        var boundary = answer.Header("content-type")!.Split("boundary=")[1];
        var parts = Encoding.Latin1.GetString(answer.Body).Split($"--{boundary}");
        return [.. parts[1..^1].Select(p => p[2..^2].Split("\r\n\r\n", 2)).Select(p => (p[0].Split("\r\n"), Encoding.Latin1.GetBytes(p[1])))];
    }

    private static void CompareHeader(string name, RecordedExchange exchange, WireAnswer answer, List<string> found)
    {
        if (!exchange.AnswerHeaders.TryGetValue(name, out var wanted))
            return;
        var actual = TemporaryName().Replace(answer.Header(name) ?? string.Empty, "tmpXXXXXXXX");
        if (actual.StartsWith("multipart/", StringComparison.Ordinal))
            actual = BoundaryName().Replace(actual, "boundary=<32 hex>");
        if (actual != wanted)
            found.Add($"{name}: '{actual}' instead of '{wanted}'");
    }

    private void CompareBody(JsonObject recorded, WireAnswer answer, byte[]? file, List<string> found)
    {
        if (recorded.ContainsKey("json"))
            _json.Compare(recorded["json"], answer.Body.Length == 0 ? null : JsonNode.Parse(answer.Body), string.Empty, found);
        else if (recorded["multipart"] is JsonArray parts)
            CompareParts(parts, answer, found);
        else if (recorded["zip"] is JsonArray entries)
            CompareArchive(entries, answer, found);
        else if (recorded["sha256"] is not null)
            CompareFile(recorded, answer.Body, file, found);
        else if (recorded["text"]?.GetValue<string>() is { } text && !text.Contains('<', StringComparison.Ordinal) && answer.Text != text)
            found.Add($"text '{answer.Text}' instead of '{text}'");
    }

    private void CompareParts(JsonArray recorded, WireAnswer answer, List<string> found)
    {
        var parts = Parts(answer);
        if (answer.Header("content-length") is null || parts.Count != recorded.Count)
        {
            found.Add($"{parts.Count} parts instead of {recorded.Count}, content-length {answer.Header("content-length")}");
            return;
        }

        foreach (var (part, (headers, body)) in recorded.Zip(parts))
        {
            var wanted = part!["headers"]!.AsArray().Select(h => h!.GetValue<string>()).ToArray();
            var actual = headers.Select(h => TemporaryName().Replace(h, "tmpXXXXXXXX")).ToArray();
            if (!wanted.SequenceEqual(actual))
                found.Add($"part headers '{string.Join("; ", actual)}' instead of '{string.Join("; ", wanted)}'");
            if (part["body"] is JsonObject json && json.ContainsKey("json"))
                _json.Compare(json["json"], JsonNode.Parse(body), "params", found);
            else
                CompareFile((JsonObject)part["body"]!, body, null, found);
        }
    }

    private static void CompareFile(JsonObject recorded, byte[] actual, byte[]? file, List<string> found)
    {
        if (file is not null && !file.AsSpan().SequenceEqual(actual))
            found.Add($"other bytes ({actual.Length}) than the stored ones ({file.Length})");
        if (actual.Length == 0)
            found.Add("an empty file");
        if (recorded["nrrd_header"] is not JsonArray { Count: > 1 } lines)
            return;
        var end = actual.AsSpan().IndexOf("\n\n"u8);
        var header = Encoding.ASCII.GetString(actual.AsSpan(0, Math.Max(0, end))).Split('\n');
        foreach (var line in lines.Select(l => l!.GetValue<string>()).Where(l => !l.StartsWith('#') && !l.StartsWith("space ", StringComparison.Ordinal) && !header.Contains(l)))
            found.Add($"no '{line}' in the NRRD header ({string.Join(" | ", header)})");
    }

    private static void CompareArchive(JsonArray recorded, WireAnswer answer, List<string> found)
    {
        using var archive = new ZipArchive(new MemoryStream(answer.Body));
        string[] wanted = [.. recorded.Select(e => e!.GetValue<string>())];

        // With a limit, which images are taken is the order of the folder there and that of the ids here.
        if (archive.Entries.Count != wanted.Length || (wanted.Length > 3 && !wanted.Order(StringComparer.Ordinal).SequenceEqual(archive.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal))))
            found.Add($"archive of {string.Join(", ", archive.Entries.Select(e => e.FullName))} instead of {string.Join(", ", wanted)}");
    }

    [GeneratedRegex("tmp[a-z0-9_]{8}")]
    private static partial Regex TemporaryName();

    [GeneratedRegex("boundary=[0-9a-f]{32}$")]
    private static partial Regex BoundaryName();

    [GeneratedRegex("^\"[0-9a-f]{32}\"$")]
    private static partial Regex EtagPattern();
}
