namespace LabelServer.Inference.Pipelines;

/// <summary>Where the time of an inference went, in seconds: the stages that MONAI Label reports.</summary>
/// <param name="Pre">Reading and preprocessing.</param>
/// <param name="Infer">Windows, network and blending.</param>
/// <param name="Invert">Back to the grid of the image.</param>
/// <param name="Post">The rest of postprocessing.</param>
/// <param name="Total">All of it, loading of weights included.</param>
/// <param name="PreTransforms">Per preprocessing transform, in order.</param>
/// <param name="PostTransforms">Per postprocessing transform, in order.</param>
public sealed record InferenceLatencies(
    double Pre,
    double Infer,
    double Invert,
    double Post,
    double Total,
    IReadOnlyList<KeyValuePair<string, double>> PreTransforms,
    IReadOnlyList<KeyValuePair<string, double>> PostTransforms);
