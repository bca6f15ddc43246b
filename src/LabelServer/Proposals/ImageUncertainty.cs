using System.Text.Json.Serialization;

namespace LabelServer.Proposals;

/// <summary>What repeated predictions of a model said about an image, by one of the two ways to repeat them.</summary>
internal sealed record ImageUncertainty
{
    /// <summary>The entropy of the mean prediction, nats a voxel.</summary>
    [JsonPropertyName("entropy")]
    public required double Entropy { get; init; }

    /// <summary>The mean of the features that the network's encoder ends in; empty when the network does not show them.</summary>
    [JsonPropertyName("features")]
    public required IReadOnlyList<double> Features { get; init; }

    /// <summary>The <see cref="Models.WeightsState"/> of the file that was measured with.</summary>
    [JsonPropertyName("weights")]
    public required string Weights { get; init; }
}
