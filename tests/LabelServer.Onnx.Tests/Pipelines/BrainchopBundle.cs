using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LabelServer.Testing;

namespace LabelServer.Onnx.Tests.Pipelines;

/// <summary>The bundle that docs/accelerators.md tells how to make, around a MeshNet of brainchop as it is published.</summary>
internal static partial class BrainchopBundle
{
    public const int White = 1;
    public const int Grey = 2;

    /// <summary>Writes the bundle with the two files of the page.</summary>
    /// <param name="model">The published file.</param>
    /// <param name="change">Changes the page's <c>inference.json</c>.</param>
    public static BundleFolder Write(string model, Action<JsonNode> change)
    {
        var page = File.ReadAllText(Path.Combine(SharedFolders.Repository, "docs", "accelerators.md"));
        var files = JsonBlock().Matches(page).Select(m => m.Groups["text"].Value).ToList();
        Assert.Equal(2, files.Count);
        var inference = JsonNode.Parse(files[1])!;
        change(inference);

        var bundle = new BundleFolder("brain_tissue_mr");
        bundle.AddWeights(model, "model.onnx");
        File.WriteAllText(Path.Combine(bundle.Root, "configs", "metadata.json"), files[0]);
        File.WriteAllText(Path.Combine(bundle.Root, "configs", "inference.json"), inference.ToJsonString());
        return bundle;
    }

    [GeneratedRegex(@"^```json\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex JsonBlock();
}
