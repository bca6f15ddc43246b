namespace LabelServer.Tests.Doubles;

/// <summary>A bundle folder with what the catalog looks at and nothing more.</summary>
internal static class TinyBundle
{
    public static void Write(string folder, bool withWeights)
    {
        Directory.CreateDirectory(Path.Combine(folder, "configs"));
        Directory.CreateDirectory(Path.Combine(folder, "models"));
        File.WriteAllText(Path.Combine(folder, "configs", "metadata.json"), """
            {
              "version": "1.2.3", "name": "Tiny", "description": "Two organs", "intended_use": "Tests only",
              "network_data_format": {
                "inputs": { "image": { "num_channels": 1, "spatial_shape": [8, 8, 8] } },
                "outputs": { "pred": { "channel_def": { "0": "background", "1": "spleen", "2": "Leber ä" } } }
              }
            }
            """);
        File.WriteAllText(Path.Combine(folder, "configs", "inference.json"), """{ "displayable_configs": { "highres": true, "sw_overlap": 0.25, "sw_batch_size": 1 } }""");
        if (!withWeights)
            return;
        File.WriteAllBytes(Path.Combine(folder, "models", "model.pt"), [.. "PK\u0003\u0004"u8, 1, 2, 3]);
        File.WriteAllBytes(Path.Combine(folder, "models", "model_lowres.pt"), [.. "PK\u0003\u0004"u8, 4, 5]);
    }
}
