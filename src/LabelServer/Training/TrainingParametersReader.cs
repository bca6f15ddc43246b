using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Http;

namespace LabelServer.Training;

/// <summary>Reads the body of <c>POST /train/{model}</c>.</summary>
/// <remarks>A panel's text box sends numbers as text and a list's first entry instead of the list; scripts send the list itself, and then its first entry counts. Keys of MONAI Label that mean nothing here are taken, and named in the job's lines where they would have changed something.</remarks>
internal sealed class TrainingParametersReader(JsonObject values, TrainerDescription trainer)
{
    // Of the client, of the request itself, or without meaning for one process on one machine.
    private static readonly HashSet<string> Meaningless = new(StringComparer.Ordinal)
    {
        "model", "client_id", "name", "multi_gpu", "run_id", "bundle_path", "val_batch_size", "dataloader", "tracking_uri", "tracking_experiment_name", "tracking_run_name", "distributed_backend",
        "distributed_url", "local_rank", "logging", "method", "enqueue", "run_sync",
    };

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>All parameters.</summary>
    /// <exception cref="TrainingRefusedException">A value is of the wrong kind or out of its range; names the key, the value and what is allowed.</exception>
    public TrainingParameters Read()
    {
        var ignored = new List<string>();
        if (Text("tracking") is { } tracking && !tracking.Equals("None", StringComparison.OrdinalIgnoreCase))
            ignored.Add($"tracking {tracking} is not available; TensorBoard event files are written beside the model.");
        if (Text("device") is { } device && !device.StartsWith("cpu", StringComparison.OrdinalIgnoreCase))
            ignored.Add($"Trainings run on the CPU in this version; device {device} is not used.");
        var parameters = new TrainingParameters
        {
            Pretrained = Boolean("pretrained") ?? true,
            MaxEpochs = Whole("max_epochs", 1, 100_000) ?? TrainerDescription.DefaultEpochs,
            ValSplit = Split(),
            EarlyStopPatience = Whole("early_stop_patience", -1, 100_000),
            BatchSize = Whole("train_batch_size", 1, 1024),
            ValidationInterval = Whole("val_interval", 1, 100_000),
            ModelFilename = ModelFilename(),
            Highres = Boolean("highres"),
            Cache = !(Text("dataset") ?? string.Empty).Equals("Dataset", StringComparison.Ordinal),
            Gpus = Gpus(),
            Precision = Choice("precision", "auto", "float32", "bfloat16") is { } precision && precision != "auto" ? precision : null,
            Seed = Whole("seed", 0, int.MaxValue),
            PartialLabels = Partial(),
            PublishAlways = Boolean("publish_always") ?? false,
            TrainingIds = Ids("train_ds"),
            ValidationIds = Ids("val_ds"),
            Displayable = Displayable(),
        };
        ignored.AddRange(values.Select(v => v.Key).Where(k => !_read.Contains(k) && !Meaningless.Contains(k)).Select(k => $"{k} is no parameter of this trainer."));
        return parameters with { Ignored = ignored };
    }

    private double Split()
    {
        var value = Number("val_split", "a number below 1, such as 0.2; 0 for no validation, -1 for the bundle's own validation set") ?? TrainerDescription.DefaultSplit;
        return value < 1 ? value : throw Wrong("val_split", "a number below 1, such as 0.2");
    }

    private string? ModelFilename()
    {
        var name = Text("model_filename");
        if (name is null || name.Equals(Models.WeightsChoice.Auto, StringComparison.OrdinalIgnoreCase))
            return null;
        return trainer.WeightsFiles.Contains(name, StringComparer.Ordinal) ? name : throw Wrong("model_filename", string.Join(", ", trainer.WeightsFiles.Prepend(Models.WeightsChoice.Auto)));
    }

    private string? Gpus()
    {
        if (Text("gpus") is not { } gpus || gpus.Equals("all", StringComparison.OrdinalIgnoreCase))
            return null;
        var known = gpus.Split(',', StringSplitOptions.TrimEntries).All(g => int.TryParse(g, NumberStyles.None, CultureInfo.InvariantCulture, out _) || g.StartsWith("GPU-", StringComparison.Ordinal) || g.StartsWith("MIG-", StringComparison.Ordinal));
        return known ? gpus : throw Wrong("gpus", "all, or the numbers of GPUs, such as 0,1");
    }

    private PartialLabels Partial()
    {
        const string Allowed = "listed, present or off";
        var value = First("partial_labels");
        return value?.GetValueKind() switch
        {
            null => PartialLabels.Listed,
            JsonValueKind.True => PartialLabels.Listed,
            JsonValueKind.False => PartialLabels.Off,
            JsonValueKind.String => value.GetValue<string>().ToUpperInvariant() switch
            {
                "" or "LISTED" or "TRUE" => PartialLabels.Listed,
                "PRESENT" => PartialLabels.Present,
                "OFF" or "FALSE" => PartialLabels.Off,
                _ => throw Wrong("partial_labels", Allowed),
            },
            _ => throw Wrong("partial_labels", Allowed),
        };
    }

    // MONAI Label takes a path of the server here; no client may name one.
    private IReadOnlyList<string>? Ids(string key)
    {
        _read.Add(key);
        const string Allowed = "a list of image ids, or of objects such as {\"image\": \"ID\"}";
        return values[key] switch
        {
            null => null,
            JsonArray { Count: 0 } => null,
            JsonValue text when text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().Length == 0 => null,
            JsonArray list => [.. list.Select(entry => Id(entry) ?? throw Wrong(key, Allowed))],
            _ => throw Wrong(key, Allowed),
        };
    }

    private static string? Id(JsonNode? entry) => entry switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonObject map when map["image"] is JsonValue image && image.GetValueKind() == JsonValueKind.String => image.GetValue<string>(),
        _ => null,
    };

    private Dictionary<string, string> Displayable()
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, shown) in trainer.Displayable.Where(d => d.Key != "highres"))
        {
            if (First(key) is { } value)
                result[key] = Like(shown, value).ToJsonString();
        }

        return result;
    }

    // A text box gives back text what was a number.
    private static JsonNode Like(object shown, JsonNode value) =>
        shown is long or int or double && value.GetValueKind() == JsonValueKind.String && double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
            : value.DeepClone();

    private string? Text(string key)
    {
        var value = First(key);
        return value?.GetValueKind() switch
        {
            null => null,
            JsonValueKind.String => value.GetValue<string>() is { Length: > 0 } text ? text : null,
            JsonValueKind.Number => value.ToJsonString(),
            _ => throw Wrong(key, "text"),
        };
    }

    private string? Choice(string key, params string[] allowed) => Text(key) is not { } text ? null
        : allowed.Contains(text, StringComparer.Ordinal) ? text : throw Wrong(key, string.Join(", ", allowed));

    private bool? Boolean(string key)
    {
        var value = First(key);
        return value?.GetValueKind() switch
        {
            null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when value.ToJsonString() is "0" or "1" => value.ToJsonString() == "1",
            JsonValueKind.String when value.GetValue<string>().Length == 0 => null,
            JsonValueKind.String when BooleanText.TryParse(value.GetValue<string>(), out var truth) => truth,
            _ => throw Wrong(key, "true or false"),
        };
    }

    private int? Whole(string key, int least, int most)
    {
        var allowed = $"a whole number from {least} to {most}";
        return Number(key, allowed) is not { } value ? null : double.IsInteger(value) && value >= least && value <= most ? (int)value : throw Wrong(key, allowed);
    }

    private double? Number(string key, string allowed)
    {
        var value = First(key);
        return value?.GetValueKind() switch
        {
            null => null,
            JsonValueKind.Number => value.Deserialize(RecordJson.Default.Double),
            JsonValueKind.String when value.GetValue<string>().Length == 0 => null,
            JsonValueKind.String when double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
            _ => throw Wrong(key, allowed),
        };
    }

    private JsonNode? First(string key)
    {
        _read.Add(key);
        return values[key] is JsonArray list ? list.FirstOrDefault() : values[key];
    }

    private TrainingRefusedException Wrong(string key, string allowed)
    {
        var sent = values[key]?.ToJsonString() ?? "null";
        return new TrainingRefusedException($"'{key}' has the value {(sent.Length > 100 ? sent[..100] + "…" : sent)}. Give {allowed}.");
    }
}
