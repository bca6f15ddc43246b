using LabelServer.Testing;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>The repository's wholeBody bundle in a folder of its own, with random weights for both resolutions.</summary>
internal static class WholeBodyBundle
{
    /// <summary>The bundle's name.</summary>
    public const string Name = "wholeBody_ct_segmentation";

    private static readonly string[] WeightFiles = ["model.pt", "model_lowres.pt"];

    /// <summary>Writes it.</summary>
    /// <param name="folder">Gets a folder <c>models</c>.</param>
    /// <param name="withWeights">Whether weights are made.</param>
    /// <returns>The bundle's folder.</returns>
    public static string Write(string folder, bool withWeights = true)
    {
        var source = Path.Combine(SharedFolders.Repository, "models", Name);
        var bundle = Path.Combine(folder, "models", Name);
        Directory.CreateDirectory(Path.Combine(bundle, "models"));
        Directory.CreateDirectory(Path.Combine(bundle, "configs"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(source, "configs")))
            File.Copy(file, Path.Combine(bundle, "configs", Path.GetFileName(file)));
        var random = new Random(1);

        // Safetensors under the names that the config loads; readers go by the content.
        foreach (var file in withWeights ? WeightFiles : [])
            File.WriteAllBytes(Path.Combine(bundle, "models", file), SafetensorsBytes.Of(WholeBodyNetwork.Shapes().Select(s => (s.Name, s.Shape, Values(random, s.Name, s.Shape)))));
        return bundle;
    }

    // As PyTorch begins: normalisation with 1 and 0, convolutions by their fan-in.
    private static float[] Values(Random random, string name, int[] shape)
    {
        var count = shape.Aggregate(1, (product, n) => product * n);
        if (shape.Length == 1)
            return [.. Enumerable.Repeat(name.EndsWith("weight", StringComparison.Ordinal) ? 1f : 0f, count)];
        var spread = 2 / MathF.Sqrt(count / shape[0]);
        var values = new float[count];
        for (var at = 0; at < count; at++)
            values[at] = ((random.NextSingle() * 2) - 1) * spread;
        return values;
    }
}
