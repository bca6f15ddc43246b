using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Export;

/// <summary>Writes the doubling of the size along each spatial axis.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/upsample.py with scale factor 2; the same as LabelServer.Learning's UpsampleLayer.</remarks>
internal static class UpsampleNodes
{
    /// <summary>Adds it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="mode">How.</param>
    /// <param name="key">Where its weights are, if it has any.</param>
    /// <param name="input">The value [N, channels, …].</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="spatialDims">2 or 3.</param>
    public static string Add(GraphBuilder graph, IGraphWeights weights, UpsampleMode mode, string key, string input, int channels, int spatialDims) => mode switch
    {
        UpsampleMode.Deconvolution => Deconvolution(graph, weights, key, input, channels, spatialDims),
        UpsampleMode.PixelShuffle => PixelShuffle(graph, weights, key, input, channels, spatialDims),

        // align_corners false, for sizes that double: half_pixel.
        _ => graph.Node(
            "Resize",
            [input, string.Empty, graph.Singles($"scales_{spatialDims}", [1, 1, .. Enumerable.Repeat(2f, spatialDims)])],
            ("mode", "linear"),
            ("coordinate_transformation_mode", "half_pixel")),
    };

    private static string Deconvolution(GraphBuilder graph, IGraphWeights weights, string key, string input, int channels, int spatialDims)
    {
        long[] shape = [channels, channels, .. Enumerable.Repeat(2L, spatialDims)];
        var weight = graph.Weights($"{key}.deconv.weight", weights.Take($"{key}.deconv.weight", shape), shape);
        var bias = graph.Weights($"{key}.deconv.bias", weights.Take($"{key}.deconv.bias", channels), channels);
        var twos = Enumerable.Repeat(2L, spatialDims).ToList();
        return graph.Node("ConvTranspose", [input, weight, bias], ("kernel_shape", twos), ("strides", twos));
    }

    // Channel c * 2^d + offset becomes channel c at that offset within each block; then each voxel is the mean of itself and its lower neighbours.
    private static string PixelShuffle(GraphBuilder graph, IGraphWeights weights, string key, string input, int channels, int spatialDims)
    {
        var at = $"{key}.pixelshuffle.conv_block";
        var wide = channels << spatialDims;
        long[] shape = [wide, channels, .. Enumerable.Repeat(3L, spatialDims)];
        var weight = graph.Weights($"{at}.weight", weights.Take($"{at}.weight", shape), shape);
        var bias = graph.Weights($"{at}.bias", weights.Take($"{at}.bias", wide), wide);
        var value = graph.Node("Conv", [input, weight, bias], ("kernel_shape", Enumerable.Repeat(3L, spatialDims)), ("pads", Enumerable.Repeat(1L, 2 * spatialDims)));

        // The sizes are free, so they are taken from the value itself: [N, c, 2, …, x, …] → [N, c, x, 2, …] → [N, c, 2x, …].
        var sizes = graph.Node("Shape", [input]);
        var batch = graph.Node("Slice", [sizes, graph.Integers("from_0", 0), graph.Integers("to_1", 1)]);
        var space = graph.Node("Slice", [sizes, graph.Integers("from_2", 2), graph.Integers("to_end", spatialDims + 2)]);
        var split = graph.Node("Concat", [batch, graph.Integers($"split_{channels}", [channels, .. Enumerable.Repeat(2L, spatialDims)]), space], ("axis", 0L));
        var order = Enumerable.Range(0, spatialDims).SelectMany(axis => new[] { 2L + spatialDims + axis, 2L + axis });
        value = graph.Node("Transpose", [graph.Node("Reshape", [value, split])], ("perm", (IEnumerable<long>)[0, 1, .. order]));
        var doubled = graph.Node("Mul", [space, graph.Integers("two", 2)]);
        value = graph.Node("Reshape", [value, graph.Node("Concat", [batch, graph.Integers($"channels_{channels}", channels), doubled], ("axis", 0L))]);

        // Padding below by zeros that count in the mean.
        IEnumerable<long> pads = [.. Enumerable.Repeat(1L, spatialDims), .. Enumerable.Repeat(0L, spatialDims)];
        return graph.Node(
            "AveragePool", [value], ("kernel_shape", Enumerable.Repeat(2L, spatialDims)), ("strides", Enumerable.Repeat(1L, spatialDims)), ("pads", pads), ("count_include_pad", 1L));
    }
}
