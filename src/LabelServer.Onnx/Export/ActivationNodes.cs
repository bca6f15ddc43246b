using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Export;

/// <summary>Writes the activations that MONAI names, with PyTorch's defaults.</summary>
internal static class ActivationNodes
{
    /// <summary>Adds the activation of a value.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="spec">Which one, with its arguments.</param>
    /// <param name="key">Where its weights are, if it has any.</param>
    /// <param name="input">The value.</param>
    /// <param name="spatialDims">2 or 3.</param>
    /// <exception cref="NetworkUnsupportedException">The name or an argument is not supported.</exception>
    public static string Add(GraphBuilder graph, IGraphWeights weights, LayerSpec spec, string key, string input, int spatialDims)
    {
        switch (spec.Name)
        {
            case "":
                return input;
            case "RELU":
                spec.Allow("inplace");
                return graph.Node("Relu", [input]);
            case "LEAKYRELU":
                spec.Allow("inplace", "negative_slope");
                return graph.Node("LeakyRelu", [input], ("alpha", (float)spec.Real("negative_slope", 0.01)));
            case "PRELU":
                spec.Allow("num_parameters", "init");
                var slopes = spec.Integer("num_parameters", 1);
                return graph.Node("PRelu", [input, graph.Weights($"{key}.weight", weights.Take($"{key}.weight", slopes), [slopes, .. Enumerable.Repeat(1L, spatialDims)])]);
            case "RELU6":
                spec.Allow("inplace");
                return graph.Node("Min", [graph.Node("Relu", [input]), graph.Filled("six", 6, 1)]);
            case "ELU":
                spec.Allow("inplace", "alpha");
                return graph.Node("Elu", [input], ("alpha", (float)spec.Real("alpha", 1)));
            case "SELU":
                spec.Allow("inplace");
                return graph.Node("Selu", [input]);
            case "CELU":
                spec.Allow("inplace", "alpha");
                return graph.Node("Celu", [input], ("alpha", (float)spec.Real("alpha", 1)));
            case "GELU":
                spec.Allow();
                var error = graph.Node("Erf", [graph.Node("Mul", [input, graph.Filled("root_half", MathF.Sqrt(0.5f), 1)])]);
                return graph.Node("Mul", [graph.Node("Mul", [input, graph.Filled("half", 0.5f, 1)]), graph.Node("Add", [error, graph.Filled("one", 1, 1)])]);
            case "SIGMOID":
                spec.Allow();
                return graph.Node("Sigmoid", [input]);
            case "TANH":
                spec.Allow();
                return graph.Node("Tanh", [input]);
            case "SWISH" or "MEMSWISH":
                spec.Allow("inplace");
                return graph.Node("Mul", [input, graph.Node("Sigmoid", [input])]);
            case "MISH":
                spec.Allow("inplace");
                return graph.Node("Mul", [input, graph.Node("Tanh", [graph.Node("Softplus", [input])])]);
            default:
                throw new NetworkUnsupportedException($"The activation '{spec.Name}' can not be written as ONNX.");
        }
    }
}
