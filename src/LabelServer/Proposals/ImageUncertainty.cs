using System.Text.Json.Serialization;

namespace LabelServer.Proposals;

/// <summary>What repeated predictions of a model said about an image.</summary>
internal sealed record ImageUncertainty
{
    /// <summary>The entropy of the mean prediction, nats a voxel.</summary>
    [JsonPropertyName("entropy")]
    public required double Entropy { get; init; }

    /// <summary>The mean of the features that the network's last step reads; may be empty.</summary>
    [JsonPropertyName("features")]
    public required IReadOnlyList<double> Features { get; init; }

    /// <summary>The time of the weights, in seconds since 1970 UTC.</summary>
    [JsonPropertyName("weights_ts")]
    public required long WeightsTime { get; init; }
}
