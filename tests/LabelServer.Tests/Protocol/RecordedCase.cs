using System.Text.Json.Nodes;
using LabelServer.Testing;

namespace LabelServer.Tests.Protocol;

/// <summary>Exchanges of the original server with its clients, one after the other, as <c>golden/protocol</c> holds them.</summary>
internal sealed record RecordedCase(string Name, IReadOnlyList<RecordedExchange> Exchanges)
{
    public const string Area = "protocol";

    /// <summary>Whether a training is started.</summary>
    public bool TrainsModels => Exchanges.Any(e => e.Method == "POST" && e.Route.StartsWith("/train", StringComparison.Ordinal));

    public static RecordedCase Require(string name)
    {
        var golden = GoldenCase.Require(Area, name);
        var root = JsonNode.Parse(File.ReadAllBytes(golden.JsonPath))!;
        return new RecordedCase(name, [.. (root["exchanges"]?.AsArray() ?? []).Select(e => new RecordedExchange(
            $"{e!["request"]!["method"]} {e["request"]!["path"]}",
            e["request"]!["method"]!.GetValue<string>(),
            e["request"]!["path"]!.GetValue<string>(),
            Headers(e["request"]!),
            e["request"]!["body"],
            e["response"]!["status"]!.GetValue<int>(),
            Headers(e["response"]!).ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase),
            e["response"]!["body"]))]);
    }

    private static List<KeyValuePair<string, string>> Headers(JsonNode message)
        => [.. message["headers"]!.AsArray().Select(h => KeyValuePair.Create(h![0]!.GetValue<string>(), h[1]!.GetValue<string>()))];
}

/// <summary>One request and the original's answer.</summary>
internal sealed record RecordedExchange(
    string Title,
    string Method,
    string Path,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    JsonNode? Body,
    int Status,
    IReadOnlyDictionary<string, string> AnswerHeaders,
    JsonNode? AnswerBody)
{
    /// <summary>The path without prefix, query and slash at the end.</summary>
    public string Route => "/" + Path.Split('?')[0].Trim('/').Replace("api/", string.Empty, StringComparison.Ordinal);

    public string? Query(string key) => Path.Split('?') is [_, var query]
        ? query.Split('&').Select(p => p.Split('=', 2)).Where(p => p[0] == key && p.Length == 2).Select(p => Uri.UnescapeDataString(p[1].Replace('+', ' '))).LastOrDefault()
        : null;

    public string? Header(string name) => Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The parts of a multipart body: disposition and recorded content.</summary>
    public IEnumerable<(string[] Headers, JsonNode? Body)> Parts
        => (Body is JsonObject body && body["multipart"] is JsonArray parts ? parts : []).Select(p => (p!["headers"]!.AsArray().Select(h => h!.GetValue<string>()).ToArray(), p["body"]));
}
