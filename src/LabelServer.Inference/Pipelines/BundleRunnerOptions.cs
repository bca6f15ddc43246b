namespace LabelServer.Inference.Pipelines;

/// <summary>Limits and choices that hold for all bundles of a process.</summary>
public sealed record BundleRunnerOptions
{
    /// <summary>The most bytes that the samples of an image may take after reading. Default 8 GiB.</summary>
    public long MaxImageBytes { get; init; } = 8L << 30;

    /// <summary>The most sets of weights that stay loaded at a time; the least recently used goes first. Default 2: both resolutions of one bundle.</summary>
    public int MaxLoadedNetworks { get; init; } = 2;
}
