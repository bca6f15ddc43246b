using LabelServer.Imaging.Formats;

namespace LabelServer.Inference.Pipelines;

/// <summary>Limits and choices that hold for all bundles of a process.</summary>
public sealed record BundleRunnerOptions
{
    /// <summary>The most bytes that the samples of an image may take after reading.</summary>
    public long MaxImageBytes { get; init; } = VolumeReadOptions.DefaultMaxBytes;

    /// <summary>The most bytes that class scores may take where a bundle needs them all at once. Default 8 GiB.</summary>
    public long MaxScoreBytes { get; init; } = 8L << 30;

    /// <summary>The most sets of weights that stay loaded at a time; the least recently used goes first. Default 2: both resolutions of one bundle.</summary>
    public int MaxLoadedNetworks { get; init; } = 2;

    /// <summary>The most threads that one kernel uses; -1 means all processors.</summary>
    public int MaxParallelism { get; init; } = -1;

    /// <summary>The most bytes that preprocessed images may take which a bundle keeps for later requests with the same image. Default 0: none are kept.</summary>
    public long MaxCachedImageBytes { get; init; }

    /// <summary>The most bytes that label maps may take which a bundle keeps for later requests that differ in the answer's format only. Default 0: none are kept.</summary>
    public long MaxCachedLabelBytes { get; init; }

    /// <summary>The largest image file that is taken into memory to see whether its result is known. Default 256 MiB; a larger one is read as it comes and computed anew.</summary>
    public long MaxTakenInBytes { get; init; } = 256L << 20;
}
