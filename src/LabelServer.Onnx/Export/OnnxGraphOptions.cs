using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Export;

/// <summary>How a network is written as an ONNX model.</summary>
/// <param name="Precision">Float32, or Float16: weights and computation in half precision, while inputs and outputs stay float32, so that users need not know.</param>
/// <param name="InputName">The input's name.</param>
/// <param name="OutputName">The output's name.</param>
/// <param name="Properties">Model properties, key and value.</param>
public sealed record OnnxGraphOptions(
    NetworkPrecision Precision = NetworkPrecision.Float32,
    string InputName = "image",
    string OutputName = "pred",
    IReadOnlyList<KeyValuePair<string, string>>? Properties = null);
