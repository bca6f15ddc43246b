using LabelServer.Inference.Pipelines;

namespace LabelServer.Worker.Hosting;

/// <summary>How much a worker keeps of earlier requests.</summary>
internal static class CacheLimits
{
    // A volume of 512×512×397 at 1.5 mm takes 131 MB as the network sees it; a label map of it, as runs, a few.
    private const long ImageBytes = 192L << 20;
    private const long LabelBytes = 32L << 20;

    /// <summary>The options of a worker; without a cache nothing is kept.</summary>
    public static BundleRunnerOptions Of(bool isOn) => isOn ? new() { MaxCachedImageBytes = ImageBytes, MaxCachedLabelBytes = LabelBytes } : new();
}
