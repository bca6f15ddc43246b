using LabelServer.Testing;

namespace LabelServer.Onnx.Tests.Pipelines;

/// <summary>A bundle around a MeshNet of brainchop: metadata and configs of ours, the model as it is published.</summary>
/// <remarks>The models see conformed T1 images: 256³ voxels of 1 mm, scaled to 0..1. Classes: 0 background, 1 white matter, 2 grey matter (https://github.com/neuroneural/brainchop).</remarks>
internal static class BrainchopBundle
{
    public const int White = 1;
    public const int Grey = 2;

    /// <summary>Writes the bundle.</summary>
    /// <param name="model">The published file.</param>
    /// <param name="inferer">The inferer's JSON.</param>
    /// <param name="size">Edge of the model's input.</param>
    /// <param name="crop">Edge of the middle part of the image that is segmented; the rest is background. null takes all.</param>
    public static BundleFolder Write(string model, string inferer, int size, int? crop = null)
    {
        var bundle = new BundleFolder("brainchop_gwm");
        bundle.AddWeights(model, "model.onnx");
        File.WriteAllText(Path.Combine(bundle.Root, "configs", "metadata.json"), $$"""
            {
              "version": "0.1.0", "name": "Brain tissue (MeshNet)", "intended_use": "Tests only",
              "network_data_format": {
                "inputs": { "image": { "type": "image", "modality": "MR", "num_channels": 1, "spatial_shape": [{{size}}, {{size}}, {{size}}], "dtype": "float32" } },
                "outputs": { "pred": { "type": "image", "num_channels": 3, "channel_def": { "0": "background", "1": "white matter", "2": "grey matter" } } }
              }
            }
            """);
        File.WriteAllText(Path.Combine(bundle.Root, "configs", "inference.json"), $$"""
            {
              "image_key": "image",
              "preprocessing": { "_target_": "Compose", "transforms": [
                { "_target_": "LoadImaged", "keys": "image" },
                { "_target_": "EnsureChannelFirstd", "keys": "image" },
                { "_target_": "ScaleIntensityd", "keys": "image", "minv": 0.0, "maxv": 1.0 }{{(crop is { } edge ? $$""", { "_target_": "CenterSpatialCropd", "keys": "image", "roi_size": [{{edge}}, {{edge}}, {{edge}}] }""" : string.Empty)}} ] },
              "inferer": {{inferer}},
              "postprocessing": { "_target_": "Compose", "transforms": [
                { "_target_": "AsDiscreted", "keys": "pred", "argmax": true },
                { "_target_": "Invertd", "keys": "pred", "transform": "@preprocessing", "orig_keys": "image", "nearest_interp": true } ] }
            }
            """);
        return bundle;
    }
}
