namespace LabelServer.Inference.Pipelines.Caching;

/// <summary>What a bundle's earlier runs leave for later ones: preprocessed images, and label maps, which another answer format needs once more.</summary>
/// <remarks>
/// <para>Nothing is looked up by name or time: an image counts as the same when its bytes have the same SHA-256. A volume lies under that and the preprocessing, a label map under that, the state of the
/// weights file and everything that changes the result (<see cref="RunKeys"/>).</para>
/// <para>Used by one run at a time.</para>
/// </remarks>
internal sealed class RunCache(BundleRunnerOptions options) : IDisposable
{
    /// <summary>Preprocessed images. A run takes its image out and puts it back.</summary>
    public RecentlyUsed<PreprocessedImage> Images { get; } = new(options.MaxCachedImageBytes);

    /// <summary>Label maps.</summary>
    public RecentlyUsed<CachedLabels> Labels { get; } = new(options.MaxCachedLabelBytes);

    /// <summary>Whether anything is kept at all.</summary>
    public bool IsOn { get; } = options.MaxCachedImageBytes > 0 || options.MaxCachedLabelBytes > 0;

    /// <summary>Whether it is worth to take an image in before it is decoded.</summary>
    public bool IsEmpty => Images.IsEmpty && Labels.IsEmpty;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
