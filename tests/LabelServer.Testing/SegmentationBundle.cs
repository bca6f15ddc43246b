namespace LabelServer.Testing;

/// <summary>Writes a whole bundle around the smallest SegResNet: two resolutions chosen by <c>highres</c>, three classes, seeded weights. It runs in a moment and segments nothing meaningful.</summary>
public static class SegmentationBundle
{
    /// <summary>The weights of 1 mm.</summary>
    public const string FineWeights = "model.safetensors";

    /// <summary>The weights of 2 mm.</summary>
    public const string CoarseWeights = "model_lowres.safetensors";

    private const int Filters = 8;
    private const int Classes = 3;

    /// <summary>Writes the bundle.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="fine">Whether the weights of 1 mm are there.</param>
    /// <param name="coarse">Whether the weights of 2 mm are there.</param>
    /// <param name="windowSize">Edge of a window in voxels; small windows make an inference long.</param>
    /// <param name="channels">The metadata's <c>channel_def</c>.</param>
    public static void Write(string folder, bool fine = true, bool coarse = true, int windowSize = 16, string channels = """{ "0": "background", "1": "Liver", "2": "spleen" }""")
    {
        Directory.CreateDirectory(Path.Combine(folder, "configs"));
        Directory.CreateDirectory(Path.Combine(folder, "models"));
        File.WriteAllText(Path.Combine(folder, "configs", "metadata.json"), $$"""
            {
              "version": "0.1.0", "name": "Test segmentation", "description": "Random weights for tests", "intended_use": "Tests only",
              "network_data_format": {
                "inputs": { "image": { "type": "image", "num_channels": 1, "spatial_shape": [{{windowSize}}, {{windowSize}}, {{windowSize}}] } },
                "outputs": { "pred": { "type": "image", "num_channels": {{Classes}}, "channel_def": {{channels}} } }
              }
            }
            """);
        File.WriteAllText(Path.Combine(folder, "configs", "inference.json"), $$"""
            {
              "displayable_configs": { "highres": true, "sw_overlap": 0.25, "sw_batch_size": 1 },
              "bundle_root": ".",
              "image_key": "image",
              "pixdim": "$[1.0, 1.0, 1.0] if @displayable_configs#highres else [2.0, 2.0, 2.0]",
              "modelname": "$'{{FineWeights}}' if @displayable_configs#highres else '{{CoarseWeights}}'",
              "network_def": { "_target_": "SegResNet", "spatial_dims": 3, "in_channels": 1, "out_channels": {{Classes}}, "init_filters": {{Filters}}, "blocks_down": [1, 1], "blocks_up": [1] },
              "network": "$@network_def.to('cpu')",
              "preprocessing": { "_target_": "Compose", "transforms": [
                { "_target_": "LoadImaged", "keys": "@image_key" },
                { "_target_": "EnsureChannelFirstd", "keys": "@image_key" },
                { "_target_": "Orientationd", "keys": "@image_key", "axcodes": "RAS" },
                { "_target_": "Spacingd", "keys": "@image_key", "pixdim": "@pixdim", "mode": "bilinear" },
                { "_target_": "NormalizeIntensityd", "keys": "@image_key", "nonzero": true } ] },
              "inferer": { "_target_": "SlidingWindowInferer", "roi_size": [{{windowSize}}, {{windowSize}}, {{windowSize}}], "sw_batch_size": "@displayable_configs#sw_batch_size",
                "overlap": "@displayable_configs#sw_overlap", "padding_mode": "replicate", "mode": "gaussian" },
              "postprocessing": { "_target_": "Compose", "transforms": [
                { "_target_": "Activationsd", "keys": "pred", "softmax": true },
                { "_target_": "AsDiscreted", "keys": "pred", "argmax": true },
                { "_target_": "Invertd", "keys": "pred", "transform": "@preprocessing", "orig_keys": "@image_key", "nearest_interp": true, "to_tensor": true },
                { "_target_": "SaveImaged", "keys": "pred", "output_dir": "eval" } ] },
              "checkpointloader": { "_target_": "CheckpointLoader", "load_path": "$@bundle_root + '/models/' + @modelname", "load_dict": { "model": "@network" } }
            }
            """);
        if (fine)
            WriteWeights(Path.Combine(folder, "models", FineWeights), seed: 1);
        if (coarse)
            WriteWeights(Path.Combine(folder, "models", CoarseWeights), seed: 2);
    }

    /// <summary>Writes weights for the bundle's network.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="seed">The same seed, the same weights.</param>
    /// <param name="leaveOut">A key to leave out, for broken weights.</param>
    public static void WriteWeights(string path, int seed, string? leaveOut = null)
    {
        var random = new Random(seed);
        File.WriteAllBytes(path, SafetensorsBytes.Of(Shapes().Where(s => s.Name != leaveOut).Select(s => (s.Name, s.Shape, Values(random, s.Name, s.Shape)))));
    }

    private static IEnumerable<(string Name, int[] Shape)> Shapes()
    {
        yield return ("convInit.conv.weight", [Filters, 1, 3, 3, 3]);
        foreach (var shape in Block("down_layers.0.1", Filters))
            yield return shape;
        yield return ("down_layers.1.0.conv.weight", [2 * Filters, Filters, 3, 3, 3]);
        foreach (var shape in Block("down_layers.1.1", 2 * Filters))
            yield return shape;
        foreach (var shape in Block("up_layers.0.0", Filters))
            yield return shape;
        yield return ("up_samples.0.0.conv.weight", [Filters, 2 * Filters, 1, 1, 1]);
        yield return ("conv_final.0.weight", [Filters]);
        yield return ("conv_final.0.bias", [Filters]);
        yield return ("conv_final.2.conv.weight", [Classes, Filters, 1, 1, 1]);
        yield return ("conv_final.2.conv.bias", [Classes]);
    }

    private static IEnumerable<(string Name, int[] Shape)> Block(string at, int filters) =>
    [
        ($"{at}.norm1.weight", [filters]), ($"{at}.norm1.bias", [filters]), ($"{at}.norm2.weight", [filters]), ($"{at}.norm2.bias", [filters]),
        ($"{at}.conv1.conv.weight", [filters, filters, 3, 3, 3]), ($"{at}.conv2.conv.weight", [filters, filters, 3, 3, 3]),
    ];

    private static float[] Values(Random random, string name, int[] shape)
    {
        var count = shape.Aggregate(1, (product, n) => product * n);
        var isScale = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) || name == "conv_final.0.weight";
        var spread = 1 / MathF.Sqrt(Math.Max(1, count / shape[0]));
        return [.. Enumerable.Range(0, count).Select(_ => isScale ? 1f : ((random.NextSingle() * 2) - 1) * spread * 1.7f)];
    }
}
