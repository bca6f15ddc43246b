using System.Globalization;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;

namespace LabelServer.Inference.Pipelines.Caching;

/// <summary>The keys under which one run's image and labels are kept.</summary>
/// <param name="Image">The image's bytes and what is done to them before the network.</param>
/// <param name="Labels">That, the weights, and everything that changes the labels. The answer's file format and number type do not.</param>
internal sealed record RunKeys(string Image, string Labels)
{
    /// <summary>The keys of a run.</summary>
    /// <param name="digest">The SHA-256 of the image's bytes.</param>
    /// <param name="weights">The <see cref="StateOf">state</see> of the weights file.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="plan">What the bundle does for it.</param>
    /// <param name="network">How the network runs.</param>
    public static RunKeys Of(string digest, string weights, InferenceRequest request, BundlePlan plan, NetworkOptions network)
    {
        // The name's extension says which reader is taken.
        var image = string.Join('\n', digest, Path.GetExtension(request.ImageName).ToUpperInvariant(), plan.ImageKey, plan.PreprocessingText);
        var labels = string.Join(
            '\n', image, weights, ConfigText.Of(plan.Network), plan.PostprocessingText, WindowsText(plan.Windows), request.LargestComponent, request.RestoreLabelIndex, network.Precision, network.Device, network.SpatialDims, network.Runtime);
        return new(image, labels);
    }

    /// <summary>Path, size and time of change of a file: by them a network is loaded again, too.</summary>
    public static string StateOf(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{info.FullName}:{info.Length}:{info.LastWriteTimeUtc.Ticks}") : "missing";
    }

    private static string WindowsText(SlidingWindowOptions windows) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(',', windows.RoiSize)};{string.Join(',', windows.Overlap)};{string.Join(',', windows.SigmaScale)};{windows.BatchSize};{windows.Mode};{windows.Padding};{windows.PadValue};{windows.SpatialDims}");
}
