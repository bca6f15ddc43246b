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
        new("training: `model_filename`, trainer or value", (c, e) => e.Status == 200 && ((e.Method == "POST" && e.Route == "/train/nosuch") || (c.Name == "train_unknown_async_result" && e.Route == "/train")), (_, _, a) => Refused(a, 404)),
        new("background tasks switched off", (c, e) => c.Name == "toggles_tasks" && e.Method == "POST" && e.Route.StartsWith("/train/", StringComparison.Ordinal), (_, _, a) => Refused(a, 404)),
        new("training: `train_stats` of a bundle", (_, e) => e.Method == "POST" && e.Route.StartsWith("/train/", StringComparison.Ordinal) && e.AnswerBody?["json"] is JsonObject { Count: 0 },
            (_, _, a) => a.Status == 200 && JsonNode.Parse(a.Body)?["best_metric"] is not null ? null : $"status {a.Status}: {a.Text}"),
        new("training: `train_stats` of a bundle", (c, e) => c.TrainsModels && e is { Method: "GET", Route: "/info", Status: 200 },
            (_, _, a) => JsonNode.Parse(a.Body)?["train_stats"] is JsonObject stats && stats.All(s => s.Value?["epoch"] is not null && s.Value["best_metric"] is not null) ? null : a.Text),
        new("training: `POST /train/` with a flat body", (c, e) => c.Name == "train_deprecated" && e.Status == 200, (r, e, a) => r.Compare(e with { AnswerBody = WithoutMixedBody(e.AnswerBody!) }, a)),
        new("`POST /reload` with a log-in", (c, e) => c.Name.StartsWith("auth_on", StringComparison.Ordinal) && e.Route == "/reload", (_, _, a) => Refused(a, 401)),
        new("batch inference", (_, e) => e is { Method: "POST", Status: 200 } && e.Route.StartsWith("/batch/infer/", StringComparison.Ordinal) && e.Body?["json"]?["label_tag"] is not null,
            (r, e, a) => r.Compare(e with { AnswerBody = JsonNode.Parse(e.AnswerBody!.ToJsonString().Replace("\"tag\":\"original\"", $"\"tag\":{e.Body!["json"]!["label_tag"]!.ToJsonString()}", StringComparison.Ordinal)) }, a)),
        new("`dice`", (_, e) => e is { Method: "POST", Route: "/scoring/dice", Status: 200 } && e.Query("run_sync") is not null,
            (_, _, a) => JsonNode.Parse(a.Body) is JsonObject { Count: > 0 } scores && scores.All(s => s.Value!.GetValue<double>() is >= 0 and <= 1) ? null : a.Text),
        new("scoring methods", (_, e) => e is { Method: "POST", Route: "/scoring", Status: 200 } && e.AnswerBody?["json"] is JsonObject, (_, _, a) => EachHasResult(a)),
        new("a stop right after a start", (c, e) => c.Name == "scoring_async" && e.Route == "/scoring" && e.Method is "GET" or "DELETE" && c.Name == "scoring_async", (_, _, a) => a.Status is 200 or 404 ? null : $"status {a.Status}"),
        new("the list of tasks", (c, e) => e.Query("all") is not null && e.Route is "/train" or "/batch/infer" && c.Name is "train_enqueue", (_, _, a) => JsonNode.Parse(a.Body) is JsonArray { Count: > 0 } tasks && tasks.All(t => t!["id"] is not null && t["status"] is not null) ? null : a.Text),
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

    // The original puts the whole body into each request once more.
    private static JsonNode WithoutMixedBody(JsonNode node)
    {
        var copy = node.DeepClone();
        Strip(copy);
        return copy;

        static void Strip(JsonNode? part)
        {
            if (part is JsonArray list)
                list.ToList().ForEach(Strip);
            if (part is not JsonObject map)
                return;
            if (map["request"] is JsonObject request)
                request.Where(m => m.Value is JsonObject).Select(m => m.Key).ToList().ForEach(key => request.Remove(key));
            map.Select(m => m.Value).ToList().ForEach(Strip);
        }
    }

    private static string? EachHasResult(WireAnswer answer) => answer.Status == 200 && JsonNode.Parse(answer.Body) is JsonObject methods
        && methods.All(m => m.Value is JsonObject each && each.ContainsKey("result") && each.ContainsKey("detail")) ? null : answer.Text;

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
