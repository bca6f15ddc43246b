using System.Text;
using System.Text.Json.Nodes;

namespace LabelServer.Tests.Protocol;

/// <summary>Sends the requests of one case, one after the other, and compares the answers.</summary>
internal sealed class Replay(RecordedCase recorded, ReplayServer server)
{
    private readonly ReplayRequest _requests = new(server, recorded.Name.Contains("garbage", StringComparison.Ordinal));
    private readonly HashSet<string> _renamed = new(StringComparer.Ordinal);
    private AnswerComparison? _comparison;
    private WireAnswer? _atOtherSlash;

    /// <summary>Exchanges that need what is not built yet.</summary>
    public List<string> NotYet { get; } = [];

    /// <summary>All differences that nobody intends.</summary>
    public List<string> Failures { get; } = [];

    public async Task RunAsync()
    {
        _comparison = new AnswerComparison(_requests);
        foreach (var (exchange, number) in recorded.Exchanges.Select((e, i) => (e, i + 1)))
        {
            var answer = await SendAsync(exchange);
            if (exchange.Status == 307)
                _atOtherSlash = await AtLocationAsync(exchange);
            Remember(exchange, answer);
            var rule = IntendedDifferences.All.FirstOrDefault(r => r.Applies(recorded, exchange));
            if (rule?.Row == IntendedDifferences.NotYet)
                NotYet.Add(exchange.Title);
            if ((rule is null ? Compare(exchange, answer) : rule.Check(this, exchange, answer)) is { } difference)
                Failures.Add($"{number}. {exchange.Title}{(rule is null ? string.Empty : $" [{rule.Row}]")}: {difference}");
        }
    }

    // The recording asked again until the task had ended.
    private async Task<WireAnswer> SendAsync(RecordedExchange exchange)
    {
        var waits = exchange is { Method: "GET", Route: "/train" or "/scoring" or "/batch/infer" } && (exchange.AnswerBody as JsonObject)?["json"] is JsonObject task && (string?)task["status"] is "DONE" or "ERROR";
        while (true)
        {
            var answer = await WireClient.SendAsync(server.Address, await _requests.ToBytesAsync(exchange), TestContext.Current.CancellationToken);
            if (!waits || (answer.Status == 200 && (string?)JsonNode.Parse(answer.Body)!["status"] is "DONE" or "ERROR" or "STOPPED") || answer.Status != 200)
                return answer;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The differences of an answer from the recorded one; null for none.</summary>
    public string? Compare(RecordedExchange exchange, WireAnswer answer)
    {
        // What was added under another name is not there under the recorded one.
        if (exchange.Query("image") is { } id && _renamed.Contains(id))
            return answer.Text == "{}" ? null : answer.Text;
        var differences = _comparison!.Differences(exchange, answer, StoredFile(exchange));
        return differences.Count == 0 ? null : string.Join("; ", differences);
    }

    /// <summary>Compares an answer with that at the address to which the original redirects.</summary>
    public string? CompareWithOtherSlash(WireAnswer answer) => answer.Status == _atOtherSlash!.Status && answer.Header("content-type") == _atOtherSlash.Header("content-type")
        ? null
        : $"{answer.Status} {answer.Header("content-type")} here, {_atOtherSlash.Status} {_atOtherSlash.Header("content-type")} there";

    /// <summary>Checks that an image was added under its file's name, where the original cuts it.</summary>
    public string? Rename(RecordedExchange exchange, WireAnswer answer, string id)
    {
        _renamed.Add(exchange.AnswerBody!["json"]!["image"]!.GetValue<string>());
        return answer.Status == 200 && JsonNode.Parse(answer.Body)!["image"]!.GetValue<string>() == id ? null : $"{answer.Status}: {answer.Text}";
    }

    /// <summary>The recorded headers with the extension under which the label was sent: the original makes <c>.nrrd</c> of <c>.seg.nrrd</c>.</summary>
    public IReadOnlyDictionary<string, string> WithStoredExtension(RecordedExchange exchange, WireAnswer answer)
    {
        var headers = new Dictionary<string, string>(exchange.AnswerHeaders, StringComparer.OrdinalIgnoreCase);
        var sent = recorded.Exchanges.LastOrDefault(e => e.Method == "PUT" && e.Route == "/datastore/label" && e.Query("tag") == exchange.Query("tag"));
        if (sent?.Parts.Any(p => p.Headers.Any(h => h.Contains(".seg.nrrd", StringComparison.Ordinal))) == true)
            headers["content-disposition"] = headers["content-disposition"].Replace(".nrrd", ".seg.nrrd", StringComparison.Ordinal);
        return headers;
    }

    private byte[]? StoredFile(RecordedExchange exchange) => (exchange.Method, exchange.Route) switch
    {
        ("GET", "/datastore/image") => server.Stored.GetValueOrDefault(exchange.Query("image") ?? string.Empty),
        ("GET", "/datastore/label") => server.Stored.GetValueOrDefault($"{exchange.Query("label")}:{exchange.Query("tag")}"),
        ("GET", { } route) when route.StartsWith("/session/", StringComparison.Ordinal) => server.Stored.GetValueOrDefault("session"),
        _ => null,
    };

    private void Remember(RecordedExchange exchange, WireAnswer answer)
    {
        if (exchange.Method != "PUT" || answer.Status != 200 || _requests.SentFile is null)
            return;
        var key = exchange.Route switch
        {
            "/session" => "session",
            "/datastore/label" => $"{exchange.Query("image")}:{(string.IsNullOrEmpty(exchange.Query("tag")) ? "final" : exchange.Query("tag"))}",
            "/datastore" or "/datastore/image" => JsonNode.Parse(answer.Body)!["image"]!.GetValue<string>(),
            _ => string.Empty,
        };
        server.Stored[key] = _requests.SentFile;
    }

    private Task<WireAnswer> AtLocationAsync(RecordedExchange exchange)
    {
        var path = exchange.AnswerHeaders["location"][exchange.AnswerHeaders["location"].IndexOf("<HOST>", StringComparison.Ordinal)..]["<HOST>".Length..];
        var request = $"{exchange.Method} {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\ncontent-length: 0\r\n\r\n";
        return WireClient.SendAsync(server.Address, Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
    }
}
