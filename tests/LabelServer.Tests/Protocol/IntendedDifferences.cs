using System.Text.Json.Nodes;

namespace LabelServer.Tests.Protocol;

/// <summary>What this server answers differently on purpose. Each rule names its row in <c>docs/protocol-differences.md</c>, where the reason is.</summary>
internal static class IntendedDifferences
{
    /// <summary>The marker of a rule for something that is not built yet: answered 501, and counted as skipped.</summary>
    public const string NotYet = "Not built yet";

    private static readonly string[] NotYetModels = ["deepedit", "deepgrow", "graphcut", "sam_", "sam2", "localization", "vertebra_pipeline", "sw_fastedit"];

    private static readonly Dictionary<string, string> OtherTypes = new(StringComparer.Ordinal)
    {
        ["application/vnd.snesdev-page-table"] = "application/octet-stream",
        ["image/vnd.microsoft.icon"] = "image/x-icon",
    };

    /// <summary>All rules; the first that applies holds.</summary>
    public static IReadOnlyList<IntendedDifference> All { get; } =
    [
        new(NotYet, (_, e) => e.Status != 422 && (e.Route.StartsWith("/infer/wsi", StringComparison.Ordinal) || e.Query("output") == "dicom_seg" || e.Route.StartsWith("/proxy/", StringComparison.Ordinal)
            || (e.Route.StartsWith("/infer/", StringComparison.Ordinal) && IsNotYet(Uri.UnescapeDataString(e.Route)))), (_, _, a) => Refused(a, 501)),
        new("a mistake of the client", (_, e) => e.Status == 500, (_, _, a) => a.Status is (>= 200 and < 300) or (>= 400 and < 500) or 501 or 503 or 504
            ? a.Status < 300 ? null : Refused(a, a.Status) : $"status {a.Status}: {a.Text}"),
        new("a path as image id", (c, e) => IsInfer(e) && (e.Path.Contains('<', StringComparison.Ordinal) || Parameters(e).Contains("\"image\"", StringComparison.Ordinal)) && !IsSession(e), (_, _, a) => Refused(a, 404)),
        new("`image`, `model` inside `params`", (_, e) => IsInfer(e) && Parameters(e).Contains("\"model\":", StringComparison.Ordinal), (_, _, a) => Refused(a, 404)),
        new("unknown session in `/infer`", (_, e) => IsInfer(e) && IsSession(e) && !e.Path.Contains('<', StringComparison.Ordinal), (_, _, a) => Refused(a, 404)),
        new("a file that is no image or label", (c, e) => c.Name.Contains("garbage", StringComparison.Ordinal) && e.Method == "PUT", (_, _, a) => Refused(a, 400)),
        new("a file that is no image or label", (c, e) => c.Name.Contains("garbage", StringComparison.Ordinal) && e.Method == "DELETE", (_, _, a) => Refused(a, 404)),
        new("a path as image id", (_, e) => e.Query("tag")?.Contains("..", StringComparison.Ordinal) == true, (_, _, a) => Refused(a, 400)),
        new("ids with `/`, names with several dots", (_, e) => e.Method == "PUT" && e.Query("image") is null && StemOf(e).Contains('.', StringComparison.Ordinal), (r, e, a) => r.Rename(e, a, StemOf(e))),
        new("ids with `/`, names with several dots", (_, e) => e.AnswerHeaders.GetValueOrDefault("content-disposition")?.Contains(".nrrd", StringComparison.Ordinal) == true && e.Route == "/datastore/label",
            (r, e, a) => r.Compare(e with { AnswerHeaders = r.WithStoredExtension(e, a) }, a)),
        new("`HEAD` of a file", (_, e) => e is { Method: "HEAD", Route: "/datastore/image" or "/datastore/label" }, (_, e, a) => a.Status == e.Status || (a.Status is 200 or 404 && (e.Status == 422 || e.Path.Contains("check_sum", StringComparison.Ordinal)))
            ? a.Header("content-type") == "application/json" && a.Status == 200 ? "the headers are not those of the file" : null : $"status {a.Status}"),
        new("read-only studies", (c, e) => c.Name == "toggles_read_only" && e.Method is "PUT" or "DELETE" && c.Name == "toggles_read_only", (_, _, a) => Refused(a, 403)),
        new("read-only studies", (c, _) => c.Name == "toggles_read_only", (_, _, a) => a.Status == 200 ? null : $"status {a.Status}"),
        new("the index after DELETE", (c, e) => c.Name.StartsWith("autoreload", StringComparison.Ordinal) && e is { Method: "GET", Route: "/datastore" }, (_, _, a) => a.Status == 200 ? null : $"status {a.Status}"),
        new("a request with a foreign `Origin`", (c, _) => c.Name == "toggles_cors", (_, e, a) => ListedOrigin(e, a)),
        new("a reused Python client", (_, e) => e is { Route: "/session", Status: 422 } && e.Header("content-type")?.StartsWith("application/json", StringComparison.Ordinal) == true, (_, _, a) => a.Status == 200 ? null : a.Text),
        new("an address with the other slash form", (_, e) => e.Status == 307, (r, _, a) => r.CompareWithOtherSlash(a)),
        new("the API reference", (_, e) => e.Route == "/openapi.json" && e.Method == "GET", (_, _, a) => a.Text.Contains("\"openapi\": \"3.1", StringComparison.Ordinal) || a.Text.Contains("\"openapi\":\"3.1", StringComparison.Ordinal) ? null : a.Text[..100]),
        new("the type of a result without `result_dtype`", (_, e) => IsInfer(e) && e.AnswerBody?.ToJsonString().Contains("type: float", StringComparison.Ordinal) == true, (r, e, a) => r.Compare(e with { AnswerBody = WithSmallestType(e) }, a)),
        new("content type of weights", (_, e) => OtherTypes.ContainsKey(e.AnswerHeaders.GetValueOrDefault("content-type") ?? string.Empty), (r, e, a) => r.Compare(e with { AnswerHeaders = WithOtherType(e) }, a)),
    ];

    /// <summary>Whether a model of that name needs what is not built yet.</summary>
    public static bool IsNotYet(string name) => NotYetModels.Any(m => name.Contains(m, StringComparison.OrdinalIgnoreCase));

    private static bool IsInfer(RecordedExchange exchange) => exchange is { Method: "POST", Status: 200 } && exchange.Route.StartsWith("/infer/", StringComparison.Ordinal);

    private static bool IsSession(RecordedExchange exchange) => exchange.Query("session_id") is { Length: > 0 };

    private static string Parameters(RecordedExchange exchange) => (exchange.Body as JsonObject)?["form"]?["params"]?.GetValue<string>() ?? string.Empty;

    private static string StemOf(RecordedExchange exchange)
    {
        var disposition = exchange.Parts.SelectMany(p => p.Headers).FirstOrDefault(h => h.Contains("filename=", StringComparison.Ordinal)) ?? string.Empty;
        var name = LabelServer.Http.PartDisposition.Parse(disposition)?.FileName ?? string.Empty;
        foreach (var extension in new[] { ".nii.gz", ".seg.nrrd", ".nrrd", ".nii", ".mha" })
        {
            if (name.EndsWith(extension, StringComparison.Ordinal))
                return name[..^extension.Length];
        }

        return string.Empty;
    }

    private static Dictionary<string, string> WithOtherType(RecordedExchange exchange)
        => new(exchange.AnswerHeaders, StringComparer.OrdinalIgnoreCase) { ["content-type"] = OtherTypes[exchange.AnswerHeaders["content-type"]] };

    private static JsonNode WithSmallestType(RecordedExchange exchange)
        => JsonNode.Parse(exchange.AnswerBody!.ToJsonString().Replace("\"type: float\",", "\"type: unsigned char\",", StringComparison.Ordinal).Replace("\"endian: little\",", string.Empty, StringComparison.Ordinal))!;

    private static string? ListedOrigin(RecordedExchange exchange, WireAnswer answer)
    {
        var origin = exchange.Header("origin")!;
        var isPreflight = exchange.Method == "OPTIONS";
        return origin.Contains("viewer", StringComparison.Ordinal)
            ? answer.Status == 200 && answer.Header("access-control-allow-origin") == origin ? null : $"status {answer.Status}, allowed {answer.Header("access-control-allow-origin")}"
            : answer.Status == (isPreflight ? 400 : 403) && answer.Header("access-control-allow-origin") is null ? null : $"status {answer.Status}";
    }

    private static string? Refused(WireAnswer answer, int status)
    {
        if (answer.Status != status || answer.Header("content-type") != "application/json")
            return $"status {answer.Status} {answer.Header("content-type")} instead of {status} with JSON: {answer.Text[..Math.Min(300, answer.Text.Length)]}";
        return JsonNode.Parse(answer.Body)?["detail"] is { } detail && detail.ToJsonString().Length > 10 ? null : $"no detail: {answer.Text}";
    }
}

/// <summary>One rule.</summary>
/// <param name="Row">The start of its row in the page, or <see cref="IntendedDifferences.NotYet"/>.</param>
/// <param name="Applies">Whether the rule is about this exchange.</param>
/// <param name="Check">What is wrong with the answer, or null.</param>
internal sealed record IntendedDifference(string Row, Func<RecordedCase, RecordedExchange, bool> Applies, Func<Replay, RecordedExchange, WireAnswer, string?> Check);
