using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Inference;

/// <summary>Reads the <c>params</c> of an inference into <see cref="InferenceParameters"/>.</summary>
/// <remarks>
/// A panel's text box sends numbers as text, and a list's first entry instead of the list: both are understood. Keys that are neither known nor server business are kept apart for the model's own options.
/// <c>image</c>, <c>model</c>, <c>session_id</c> and the like never redirect a request here, as they do in the original.
/// </remarks>
internal sealed class InferParametersReader(JsonObject values)
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "highres", "model_filename", "sw_overlap", "sw_batch_size", "roi_size", "largest_cc", "restore_label_idx", "result_extension", "result_dtype", "result_compress", "device", "precision", "timeout",
        "save_label", "label_tag", "client_id", "image", "model", "session", "session_id", "label", "description", "logging", "skip_writer", "result_write_to_file",
    };

    /// <summary>All parameters of the model.</summary>
    /// <exception cref="BadRequestException">A value is of the wrong kind or out of its range; names the key, the value and what is allowed.</exception>
    public InferenceParameters ToParameters() => new()
    {
        Highres = Boolean("highres"),
        ModelFilename = Text("model_filename"),
        SwOverlap = InRange("sw_overlap", Number("sw_overlap"), v => v is >= 0 and < 1, "a number from 0 up to, but not including, 1"),
        SwBatchSize = (int?)InRange("sw_batch_size", Number("sw_batch_size"), v => v is >= 1 and <= 1024 && double.IsInteger(v), "a whole number from 1 to 1024"),
        RoiSize = RoiSize(),
        LargestCc = Boolean("largest_cc"),
        RestoreLabelIdx = Boolean("restore_label_idx") ?? false,
        ResultExtension = Extension(),
        ResultDtype = Text("result_dtype"),
        ResultCompress = Boolean("result_compress") ?? false,
        Device = Text("device"),
        Precision = Precision(),
        Timeout = InRange("timeout", Number("timeout"), v => v is > 0 and <= 86_400, "seconds, more than 0 and at most 86400") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Displayable = values.Where(v => !Known.Contains(v.Key)).ToDictionary(v => v.Key, v => JsonSerializer.SerializeToElement(v.Value, RecordJson.Default.JsonNode), StringComparer.Ordinal),
    };

    /// <summary>A text, or null when the key is absent, null or empty. Of a list the first entry counts.</summary>
    public string? Text(string key)
    {
        var value = First(values[key]);
        if (value is null)
            return null;
        if (value.GetValueKind() is JsonValueKind.String)
            return value.GetValue<string>() is { Length: > 0 } text ? text : null;
        throw Wrong(key, value, "text");
    }

    /// <summary>Who the client says that it is: text, or any other value as it was written; null when the key is absent, null or empty.</summary>
    public string? ClientId() => values["client_id"] is { } value ? value.GetValueKind() == JsonValueKind.String ? Text("client_id") : value.ToJsonString() : null;

    /// <summary>A truth value, or null when the key is absent, null or empty. Numbers and the usual words count too.</summary>
    public bool? Boolean(string key)
    {
        var value = First(values[key]);
        return value?.GetValueKind() switch
        {
            null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when value.ToJsonString() is "0" or "1" => value.ToJsonString() == "1",
            JsonValueKind.String when value.GetValue<string>().Length == 0 => null,
            JsonValueKind.String when BooleanText.TryParse(value.GetValue<string>(), out var truth) => truth,
            _ => throw Wrong(key, value, "true or false"),
        };
    }

    private double? Number(string key)
    {
        var value = First(values[key]);
        return value?.GetValueKind() switch
        {
            null => null,
            JsonValueKind.Number => value.Deserialize(RecordJson.Default.Double),
            JsonValueKind.String when value.GetValue<string>().Length == 0 => null,
            JsonValueKind.String when double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw Wrong(key, value, "a number"),
        };
    }

    private double? InRange(string key, double? value, Func<double, bool> allowed, string range)
        => value is null || allowed(value.Value) ? value : throw Wrong(key, values[key], range);

    private IReadOnlyList<int>? RoiSize()
    {
        const string Allowed = "three whole numbers of voxels, such as [96, 96, 96]";
        switch (values["roi_size"])
        {
            case null:
            case JsonArray { Count: 0 }:
                return null;
            case JsonArray list when list.Count is 2 or 3 && list.All(IsSize):
                return [.. list.Select(v => v!.Deserialize(RecordJson.Default.Int32))];
            case var other:
                throw Wrong("roi_size", other, Allowed);
        }

        static bool IsSize(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number && node.Deserialize(RecordJson.Default.Double) is >= 1 and <= 4096 and var size && double.IsInteger(size);
    }

    private string? Extension()
    {
        if (Text("result_extension") is not { } text)
            return null;
        var extension = text.StartsWith('.') ? text : "." + text;
        return extension is ".nrrd" or ".seg.nrrd" or ".nii" or ".nii.gz" ? extension : throw Wrong("result_extension", values["result_extension"], ".nrrd, .seg.nrrd, .nii or .nii.gz");
    }

    private InferencePrecision Precision() => Text("precision")?.ToUpperInvariant() switch
    {
        null or "AUTO" => InferencePrecision.Auto,
        "FLOAT32" or "FP32" => InferencePrecision.Float32,
        "BFLOAT16" or "BF16" => InferencePrecision.BFloat16,
        _ => throw Wrong("precision", values["precision"], "auto, float32 or bfloat16"),
    };

    private static JsonNode? First(JsonNode? value) => value is JsonArray { Count: > 0 } list ? list[0] : value is JsonArray ? null : value;

    private static BadRequestException Wrong(string key, JsonNode? value, string allowed)
    {
        var text = value?.ToJsonString() ?? "null";
        return new BadRequestException($"The parameter '{key}' is {(text.Length > 80 ? text[..80] + "…" : text)}; it must be {allowed}.");
    }
}
