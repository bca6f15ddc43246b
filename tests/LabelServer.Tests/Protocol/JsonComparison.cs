using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LabelServer.Tests.Protocol;

/// <summary>Compares JSON with recorded JSON: every recorded key is there with the same kind of value, and the values that mean something are equal. Further keys are allowed.</summary>
internal sealed partial class JsonComparison(Dictionary<string, string> bindings)
{
    // Times, free text, results of untrained networks, and what differs from server to server.
    private static readonly HashSet<string> Free = new(StringComparer.Ordinal)
    {
        "description", "version", "ts", "create_ts", "last_access_ts", "start_ts", "end_ts", "modified_time", "checksum", "client_id", "weight", "score", "dice", "sum", "slices", "bbox", "path", "error",
        "realm", "details", "ctx", "input", "user", "pre", "infer", "invert", "post", "write", "total_time", "centroids", "bundle_path", "best_metric", "metrics", "val_mean_dice", "key_metric_name",
    };

    // What the original's task runner adds to a request: a path of its disk, and the GPUs of a process that there is none of here. The training metric here is the loss.
    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal) { "bundle_path", "gpus", "train_mean_dice" };

    // Maps whose keys are data of the server and its app, not of the protocol.
    private static readonly HashSet<string> Data = new(StringComparer.Ordinal) { "config", "labels", "pre", "post", "inf", "transform", "models", "trainers", "train_stats", "objects", "strategies", "scoring" };

    private JsonObject? _before;

    /// <summary>Adds what differs, with where.</summary>
    public void Compare(JsonNode? recorded, JsonNode? actual, string at, List<string> found)
    {
        if (recorded is JsonObject statistics && statistics.ContainsKey("label_tags") && actual is JsonObject counted)
            CompareChange(statistics, counted, at, found);
        else if (recorded is JsonObject map)
            CompareObject(map, actual, at, found);
        else if (recorded is JsonArray list)
            CompareList(list, actual, at, found);
        else if (Kind(recorded) != Kind(actual) && Last(at) != "client_id")
            found.Add($"{at}: {actual?.ToJsonString() ?? "null"} instead of {recorded?.ToJsonString() ?? "null"}");
        else if (recorded is not null && actual is not null && !IsFree(at))
            CompareValue(recorded, actual, at, found);
    }

    private void CompareObject(JsonObject recorded, JsonNode? actual, string at, List<string> found)
    {
        if (actual is not JsonObject map)
        {
            found.Add($"{at}: {actual?.ToJsonString() ?? "null"} instead of an object");
            return;
        }

        if (recorded.Count == 0 && map.Count > 0 && at.Length == 0)
            found.Add($"{map.ToJsonString()} instead of an empty object");
        var isData = Data.Contains(Last(at));
        foreach (var (key, value) in recorded)
        {
            if (map.TryGetPropertyValue(key, out var there))
                Compare(value, there, $"{at}.{key}", found);
            else if (!isData && !LeftOut.Contains(key) && !IntendedDifferences.IsNotYet(key))
                found.Add($"{at}.{key} is missing in {map.ToJsonString()[..Math.Min(300, map.ToJsonString().Length)]}");
        }

        // The order of label names, tags and versions means something to clients.
        var order = map.Select(m => m.Key).Where(recorded.ContainsKey).ToList();
        if (Last(at) is "label_names" or "labels" && !order.SequenceEqual(recorded.Select(r => r.Key).Where(map.ContainsKey)))
            found.Add($"{at}: the order is {string.Join(", ", order)}");
    }

    private void CompareList(JsonArray recorded, JsonNode? actual, string at, List<string> found)
    {
        if (actual is not JsonArray list)
        {
            found.Add($"{at}: {actual?.ToJsonString() ?? "null"} instead of a list");
            return;
        }

        if (Last(at) is "details" or "device" or "model_filename")
        {
            if (list.Count == 0)
                found.Add($"{at} is empty");
            return;
        }

        if (at == ".labels")
        {
            // Of all models together; those that are not built yet bring theirs along there.
            var extra = list.Select(l => l!.GetValue<string>()).Except(recorded.Select(l => l!.GetValue<string>())).ToList();
            if (list.Count == 0 || extra.Count > 0)
                found.Add($"{at}: {list.ToJsonString()}");
            return;
        }

        if (list.Count != recorded.Count)
            found.Add($"{at}: {list.Count} entries instead of {recorded.Count}: {list.ToJsonString()[..Math.Min(300, list.ToJsonString().Length)]}");
        for (var i = 0; i < Math.Min(list.Count, recorded.Count); i++)
            Compare(recorded[i], list[i], $"{at}[{i}]", found);
    }

    private void CompareValue(JsonNode recorded, JsonNode actual, string at, List<string> found)
    {
        if (recorded.GetValueKind() != JsonValueKind.String)
        {
            if (recorded.ToJsonString() != actual.ToJsonString() && recorded.ToJsonString() is not ("1700000000" or "0.0" or "86400"))
                found.Add($"{at}: {actual.ToJsonString()} instead of {recorded.ToJsonString()}");
            return;
        }

        var (wanted, text) = (recorded.GetValue<string>(), actual.GetValue<string>());
        foreach (Match placeholder in Placeholder().Matches(wanted))
        {
            if (wanted == placeholder.Value)
                bindings.TryAdd(placeholder.Value, text);
        }

        var filled = bindings.Aggregate(wanted, (filled, b) => filled.Replace(b.Key, b.Value, StringComparison.Ordinal));

        // A longer explanation that begins with the original's words means the same.
        var isSame = (Last(at) == "status" && text is ("SUBMITTED" or "RUNNING") && filled is ("SUBMITTED" or "RUNNING")) || filled.Contains('<', StringComparison.Ordinal) || text == filled || (Last(at) == "detail" && text.StartsWith(filled, StringComparison.Ordinal))
            || (Last(at) == "name" && at == ".name") || (Last(at) == "msg" && text.Length > 0 && filled.StartsWith("JSON decode", StringComparison.Ordinal))
            || (Last(at) == "image" && Path.GetFileName(filled).StartsWith("tmp", StringComparison.Ordinal));
        if (!isSame)
            found.Add($"{at}: '{text}' instead of '{filled}'");
    }

    private void CompareChange(JsonObject recorded, JsonObject actual, string at, List<string> found)
    {
        foreach (var key in new[] { "total", "completed" })
        {
            if (actual[key]?.GetValueKind() != JsonValueKind.Number)
                found.Add($"{at}.{key} is no number");
        }

        if (actual["label_tags"] is not JsonObject)
            found.Add($"{at}.label_tags is no object");
        else if (_before is not null)
            CompareChanges(recorded, actual, at, found);
        _before = new JsonObject { ["recorded"] = recorded.DeepClone(), ["actual"] = actual.DeepClone() };
    }

    private void CompareChanges(JsonObject recorded, JsonObject actual, string at, List<string> found)
    {
        string[] keys = ["total", "completed", .. recorded["label_tags"]!.AsObject().Select(t => t.Key)];
        foreach (var key in keys)
        {
            var wanted = Count(recorded, key) - Count(_before!["recorded"]!, key);
            var change = Count(actual, key) - Count(_before["actual"]!, key);
            if (wanted != change)
                found.Add($"{at}.{key} changed by {change} instead of {wanted}");
        }
    }

    private static int Count(JsonNode statistics, string key) => (statistics[key] ?? statistics["label_tags"]![key])?.GetValue<int>() ?? 0;

    private static bool IsFree(string at) => Free.Contains(Last(at)) || at.Contains(".latencies.", StringComparison.Ordinal) || at.Contains(".ctx.", StringComparison.Ordinal);

    private static string Last(string at) => at[(at.LastIndexOf('.') + 1)..].Split('[')[0];

    private static string Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "truth value",
        { } kind => kind.ToString(),
    };

    [GeneratedRegex("<[A-Z]+[0-9]+>")]
    private static partial Regex Placeholder();
}
