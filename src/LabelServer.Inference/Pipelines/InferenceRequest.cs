using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Pipelines;

/// <summary>One image to segment, and how. Absent parameters follow the bundle.</summary>
public sealed record InferenceRequest
{
    /// <summary>What the image is called: in messages, and its extension says its format when it is read from <see cref="Image"/>.</summary>
    public required string ImageName { get; init; }

    /// <summary>The image file, read once from its current position. Either this or <see cref="Volume"/>.</summary>
    public Stream? Image { get; init; }

    /// <summary>The image already read. It is not changed and not disposed.</summary>
    public Volume? Volume { get; init; }

    /// <summary>The bundle's <c>displayable_configs#highres</c>: chooses spacing and weights together. Ignored by bundles without that key.</summary>
    public bool? HighRes { get; init; }

    /// <summary>A file in the bundle's <c>models</c> folder; <c>auto</c>, empty or null follows <see cref="HighRes"/>.</summary>
    public string? ModelFilename { get; init; }

    /// <summary>Share of a window that the next one covers again, 0 up to but not including 1.</summary>
    public double? Overlap { get; init; }

    /// <summary>Windows that go through the network at a time, at least 1.</summary>
    public int? WindowBatchSize { get; init; }

    /// <summary>Size of a window along (x, y, z); 0 or -1 takes the image's size along that axis.</summary>
    public IReadOnlyList<int>? RoiSize { get; init; }

    /// <summary>Keep only the largest connected component of each label.</summary>
    public bool LargestComponent { get; init; }

    /// <summary>True: voxel values are those of the bundle's label map. False: they are channel numbers, 1 to N. The same for bundles whose label map counts 1 to N.</summary>
    public bool RestoreLabelIndex { get; init; }

    /// <summary>The number type of the label map; null takes the smallest unsigned type that holds all labels.</summary>
    public SampleType? ResultType { get; init; }

    /// <summary>Default: by measurement.</summary>
    public NetworkPrecision Precision { get; init; }

    /// <summary>The device, as PyTorch writes it; null, empty or <c>auto</c> takes a GPU if there is one.</summary>
    public string? Device { get; init; }

    /// <summary>Default: what the files allow, the faster one.</summary>
    public NetworkRuntime Runtime { get; init; }

    /// <summary>Other settings that the bundle offers under <c>displayable_configs</c>: key to JSON text of the value.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
