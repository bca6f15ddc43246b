using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Errors;
using LabelServer.Inference;
using LabelServer.Scoring;

namespace LabelServer.BatchInference;

/// <summary>What a batch is to do. Keys that concern several processes or GPUs (<c>max_workers</c>, <c>multi_gpu</c>, <c>gpus</c>, <c>logging</c>) mean nothing here: the inference queue decides how many run.</summary>
internal sealed record BatchRequest
{
    /// <summary>The model's id.</summary>
    public required string Model { get; init; }

    /// <summary>The ids asked for by name; null when <see cref="Selection"/> says which.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Which images.</summary>
    public ImageSelection Selection { get; init; }

    /// <summary>Images at most, in ordinal order of their ids; 0 for all.</summary>
    public int MaxBatchSize { get; init; }

    /// <summary>The tag under which results are saved; null when they are not.</summary>
    public string? SaveAs { get; init; }

    /// <summary>Parameters for each inference.</summary>
    public required InferenceParameters Parameters { get; init; }

    /// <summary>The client that asked, or null.</summary>
    public string? ClientId { get; init; }

    /// <summary>Reads a job's request.</summary>
    /// <exception cref="BadRequestException">A value cannot be used.</exception>
    public static BatchRequest Read(JsonObject request)
    {
        var images = request["images"];
        var ids = images is JsonArray list ? IdList(list) : null;
        return new BatchRequest
        {
            Model = ScoringParameters.Text(request, "model", string.Empty),
            Ids = ids,
            Selection = images is JsonValue value && value.TryGetValue(out string? word) ? word switch { "labeled" => ImageSelection.Labeled, "unlabeled" => ImageSelection.Unlabeled, _ => ImageSelection.All } : ImageSelection.All,
            MaxBatchSize = ScoringParameters.Integer(request, "max_batch_size", 0, 0, int.MaxValue),
            SaveAs = ScoringParameters.Boolean(request, "save_label", true) ? ScoringParameters.Text(request, "label_tag", LabelTags.Original) : null,
            Parameters = new InferParametersReader(Without(request, "images", "model")).ToParameters(),
            ClientId = new InferParametersReader(request).ClientId(),
        };
    }

    /// <summary>The body's word for which images; null when it has none, or a list of ids.</summary>
    /// <exception cref="BadRequestException">It is another word, or no word.</exception>
    public static string? Word(JsonObject body) => body["images"] switch
    {
        null or JsonArray => null,
        JsonValue value when value.TryGetValue(out string? word) && word is ("all" or "labeled" or "unlabeled") => word,
        _ => throw NoSelection(),
    };

    private static BadRequestException NoSelection() => new("The parameter images must be all, labeled, unlabeled, or a list of image ids.");

    private static List<string> IdList(JsonArray list)
    {
        if (list.Any(e => e is not JsonValue || e.GetValueKind() != JsonValueKind.String))
            throw NoSelection();
        return [.. list.Select(e => (string)e!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static JsonObject Without(JsonObject request, params string[] keys)
    {
        var copy = (JsonObject)request.DeepClone();
        foreach (var key in keys)
            copy.Remove(key);
        return copy;
    }
}
