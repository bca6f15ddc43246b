using LabelServer.Bundles.Config;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>What a bundle does for one set of parameters: its config resolved.</summary>
/// <param name="ImageKey">The item that is the image.</param>
/// <param name="Preprocessing">From the image as read to what the network sees.</param>
/// <param name="Windows">Windows and blending.</param>
/// <param name="Postprocessing">From the network's scores to the answer.</param>
/// <param name="Network">The network's definition; null when the weights are a whole network.</param>
/// <param name="SpatialDims">2 or 3.</param>
/// <param name="WeightsFile">Full path of the weights, which need not be there.</param>
/// <param name="PreprocessingText">The preprocessing as text that differs when it does.</param>
/// <param name="PostprocessingText">The same of the postprocessing.</param>
internal sealed record BundlePlan(
    string ImageKey,
    Compose Preprocessing,
    SlidingWindowOptions Windows,
    PostprocessingPlan Postprocessing,
    ConfigValue.Component? Network,
    int SpatialDims,
    string WeightsFile,
    string PreprocessingText,
    string PostprocessingText);
