using System.Text.Json.Serialization;

namespace LabelServer.Proposals;

/// <summary>What is known of the last label map that a model proposed for an image.</summary>
internal sealed record Proposal
{
    /// <summary>The image.</summary>
    [JsonPropertyName("image")]
    public required string ImageId { get; init; }

    /// <summary>The model.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>The extension of the label map, before <c>.gz</c>.</summary>
    [JsonPropertyName("extension")]
    public required string Extension { get; init; }

    /// <summary>Structure's name to voxel value.</summary>
    [JsonPropertyName("label_names")]
    public required OrderedDictionary<string, int> LabelNames { get; init; }

    /// <summary>When it was made, in seconds since 1970 UTC.</summary>
    [JsonPropertyName("ts")]
    public required long Time { get; init; }

    /// <summary>The <see cref="Models.WeightsState"/> of each of the model's files when it was made; empty when that is not known.</summary>
    [JsonPropertyName("weights")]
    public IReadOnlyList<string> Weights { get; init; } = [];
}
