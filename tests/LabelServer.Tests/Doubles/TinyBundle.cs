using System.Text;

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
        File.WriteAllBytes(Path.Combine(folder, "models", "model.pt"), Weights(1));
        File.WriteAllBytes(Path.Combine(folder, "models", "model_lowres.pt"), Weights(2));
    }

    /// <summary>A safetensors file with one tensor of two values.</summary>
    public static byte[] Weights(float value, string tensor = "conv.weight")
    {
        var header = Encoding.ASCII.GetBytes($$$"""{"{{{tensor}}}":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""");
        return [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. BitConverter.GetBytes(value), .. BitConverter.GetBytes(value)];
    }
}
