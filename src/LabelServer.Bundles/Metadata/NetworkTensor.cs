using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Metadata;

/// <summary>One input or output of a bundle's network, as <c>network_data_format</c> describes it.</summary>
/// <remarks>Source: https://docs.monai.io/en/stable/mb_specification.html, section on metadata.json.</remarks>
public sealed record NetworkTensor
{
    /// <summary>Its name: <c>image</c>, <c>pred</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is: <c>image</c>, <c>tuples</c>, <c>probabilities</c>; empty when not given.</summary>
    public string Type { get; init; } = string.Empty;

    /// <summary>What its values mean: <c>hounsfield</c>, <c>magnitude</c>, <c>segmentation</c>, …; empty when not given.</summary>
    public string Format { get; init; } = string.Empty;

    /// <summary><c>CT</c>, <c>MR</c>, …; empty when not given.</summary>
    public string Modality { get; init; } = string.Empty;

    /// <summary>The number of channels; 0 for a plain vector, null when not given.</summary>
    public int? Channels { get; init; }

    /// <summary>The size along each spatial axis: whole numbers, or text such as <c>*</c> (any) and <c>16*n</c>. Empty when not given.</summary>
    public IReadOnlyList<ConfigValue> SpatialShape { get; init; } = [];

    /// <summary>The sample type by its numpy name; empty when not given.</summary>
    public string Dtype { get; init; } = string.Empty;

    /// <summary>Least and largest value; empty when not given.</summary>
    public IReadOnlyList<double> ValueRange { get; init; } = [];

    /// <summary>True when the network sees windows of the image.</summary>
    public bool IsPatchData { get; init; }

    /// <summary>What each channel, or for a label map each value, stands for, ascending. From <c>channel_def</c>, or <c>label_def</c> where only that is given.</summary>
    public IReadOnlyList<KeyValuePair<int, string>> ChannelNames { get; init; } = [];
}
