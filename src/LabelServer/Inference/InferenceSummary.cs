using System.Text.Json.Serialization;

namespace LabelServer.Inference;

/// <summary>The result JSON of an inference, in the shape and order of the protocol (section 4.3). Serialises as it stands.</summary>
public sealed record InferenceSummary
{
    /// <summary>Label name to voxel value, ascending by value, without the background.</summary>
    [JsonPropertyName("label_names")]
    public required OrderedDictionary<string, int> LabelNames { get; init; }

    /// <summary>Where the time went.</summary>
    [JsonPropertyName("latencies")]
    public required LatencySummary Latencies { get; init; }

    /// <summary><c>label_VALUE</c> to [value, i, j, k] as text; empty when not computed.</summary>
    [JsonPropertyName("centroids")]
    public OrderedDictionary<string, IReadOnlyList<string>> Centroids { get; init; } = [];

    /// <summary>The first and the last voxel that hold a label, or null when the model gives no box.</summary>
    [JsonPropertyName("bbox")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<int>>? BoundingBox { get; init; }

    /// <summary>The device that the network ran on, which after a failure of the one asked for is another: <c>cpu</c>, <c>cuda:0</c>, <c>directml:0</c>. Not in the original.</summary>
    [JsonPropertyName("device")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    /// <summary>The number type that it computed in: <c>float32</c>, <c>bfloat16</c>, <c>float16</c>. Not in the original.</summary>
    [JsonPropertyName("precision")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Precision { get; init; }
}

/// <summary>Seconds per stage, rounded to two decimals, and per transform, rounded to four.</summary>
public sealed record LatencySummary
{
    /// <summary>Reading and preprocessing.</summary>
    [JsonPropertyName("pre")]
    public double Pre { get; init; }

    /// <summary>The network over all windows.</summary>
    [JsonPropertyName("infer")]
    public double Infer { get; init; }

    /// <summary>Inverse transforms that run as a stage of their own.</summary>
    [JsonPropertyName("invert")]
    public double Invert { get; init; }

    /// <summary>Postprocessing.</summary>
    [JsonPropertyName("post")]
    public double Post { get; init; }

    /// <summary>Writing the result file.</summary>
    [JsonPropertyName("write")]
    public double Write { get; init; }

    /// <summary>From the start of the job in the worker to its last byte.</summary>
    [JsonPropertyName("total")]
    public double Total { get; init; }

    /// <summary>Per transform.</summary>
    [JsonPropertyName("transform")]
    public TransformLatencySummary Transform { get; init; } = new();
}

/// <summary>Seconds per transform, in the order in which they ran.</summary>
public sealed record TransformLatencySummary
{
    /// <summary>Of the preprocessing.</summary>
    [JsonPropertyName("pre")]
    public OrderedDictionary<string, double> Pre { get; init; } = [];

    /// <summary>Of the postprocessing.</summary>
    [JsonPropertyName("post")]
    public OrderedDictionary<string, double> Post { get; init; } = [];
}
