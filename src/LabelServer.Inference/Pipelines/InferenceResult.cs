using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Pipelines;

/// <summary>The answer to an <see cref="InferenceRequest"/>. Owns the label map: dispose it.</summary>
public sealed class InferenceResult : IDisposable
{
    /// <summary>The label map, one channel, on the image's own grid.</summary>
    public required Volume Labels { get; init; }

    /// <summary>Label name to voxel value, in the bundle's order, background left out.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> LabelNames { get; init; }

    /// <summary>Where the time went.</summary>
    public required InferenceLatencies Latencies { get; init; }

    /// <summary>One entry for each label that has voxels, by value.</summary>
    public required IReadOnlyList<LabelCentroid> Centroids { get; init; }

    /// <summary>The smallest box around all labelled voxels, or null when there are none.</summary>
    public LabelBoundingBox? BoundingBox { get; init; }

    /// <summary>Where the network ran: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The precision it ran in.</summary>
    public required NetworkPrecision Precision { get; init; }

    /// <summary>The weights file, without its folder.</summary>
    public required string ModelFilename { get; init; }

    /// <summary>Windows that went through the network.</summary>
    public required int WindowCount { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Labels.Dispose();
}
