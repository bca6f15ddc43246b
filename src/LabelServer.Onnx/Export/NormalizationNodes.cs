using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Export;

/// <summary>Writes the normalisations that MONAI names, with PyTorch's defaults.</summary>
/// <remarks>Group normalisation is instance normalisation of the groups, then a weight and a bias for each channel: its own operator came with operator set 21, which DirectML and older runtimes lack.</remarks>
internal static class NormalizationNodes
{
    /// <summary>Adds the normalisation of a value [N, channels, …].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="spec">Which one, with its arguments.</param>
    /// <param name="key">Where its weights are.</param>
    /// <param name="input">The value.</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="spatialDims">2 or 3.</param>
    /// <exception cref="NetworkUnsupportedException">The name or an argument is not supported.</exception>
    public static string Add(GraphBuilder graph, IGraphWeights weights, LayerSpec spec, string key, string input, int channels, int spatialDims)
    {
        switch (spec.Name)
        {
            case "GROUP":
                spec.Allow("num_groups", "num_channels", "eps", "affine");
                return Group(graph, weights, spec, key, input, channels, spatialDims);
            case "BATCH" or "SYNCBATCH":
                spec.Allow("num_features", "eps", "momentum", "affine", "track_running_stats");
                return Batch(graph, weights, spec, key, input, channels);
            case "INSTANCE" or "INSTANCE_NVFUSER":
                spec.Allow("num_features", "eps", "momentum", "affine", "track_running_stats");
                return Instance(graph, weights, spec, key, input, channels);
            default:
                throw new NetworkUnsupportedException($"The normalisation '{spec.Name}' can not be written as ONNX; supported: GROUP, BATCH, SYNCBATCH, INSTANCE.");
        }
    }

    private static string Group(GraphBuilder graph, IGraphWeights weights, LayerSpec spec, string key, string input, int channels, int spatialDims)
    {
        var groups = spec.Integer("num_groups", 8);
        if (groups < 1 || channels % groups != 0)
        {
            throw new NetworkUnsupportedException($"{key}: {channels} channels do not divide into {groups} groups.");
        }

        var grouped = graph.Node("Reshape", [input, graph.Integers($"groups_{groups}", 0, groups, -1)]);
        var normal = graph.Node(
            "InstanceNormalization", [grouped, graph.Filled($"ones_{groups}", 1, groups), graph.Filled($"zeros_{groups}", 0, groups)], ("epsilon", (float)spec.Real("eps", 1e-5)));
        var whole = graph.Node("Reshape", [normal, graph.Node("Shape", [input])]);
        if (!spec.Boolean("affine", true))
            return whole;
        long[] shape = [channels, .. Enumerable.Repeat(1L, spatialDims)];
        var scaled = graph.Node("Mul", [whole, graph.Weights($"{key}.weight", weights.Take($"{key}.weight", channels), shape)]);
        return graph.Node("Add", [scaled, graph.Weights($"{key}.bias", weights.Take($"{key}.bias", channels), shape)]);
    }

    private static string Batch(GraphBuilder graph, IGraphWeights weights, LayerSpec spec, string key, string input, int channels)
    {
        if (!spec.Boolean("track_running_stats", true))
        {
            throw new NetworkUnsupportedException($"{key}: batch normalisation by the batch itself (track_running_stats false) can not be written as ONNX.");
        }

        weights.Ignore($"{key}.num_batches_tracked");
        var isAffine = spec.Boolean("affine", true);
        string Of(string name) => graph.Weights($"{key}.{name}", weights.Take($"{key}.{name}", channels), channels);
        return graph.Node(
            "BatchNormalization",
            [
                input,
                isAffine ? Of("weight") : graph.Filled($"ones_{channels}", 1, channels),
                isAffine ? Of("bias") : graph.Filled($"zeros_{channels}", 0, channels),
                Of("running_mean"),
                Of("running_var"),
            ],
            ("epsilon", (float)spec.Real("eps", 1e-5)));
    }

    private static string Instance(GraphBuilder graph, IGraphWeights weights, LayerSpec spec, string key, string input, int channels)
    {
        if (spec.Boolean("track_running_stats", false))
        {
            throw new NetworkUnsupportedException($"{key}: instance normalisation by running statistics can not be written as ONNX.");
        }

        var isAffine = spec.Boolean("affine", false);
        return graph.Node(
            "InstanceNormalization",
            [
                input,
                isAffine ? graph.Weights($"{key}.weight", weights.Take($"{key}.weight", channels), channels) : graph.Filled($"ones_{channels}", 1, channels),
                isAffine ? graph.Weights($"{key}.bias", weights.Take($"{key}.bias", channels), channels) : graph.Filled($"zeros_{channels}", 0, channels),
            ],
            ("epsilon", (float)spec.Real("eps", 1e-5)));
    }
}
