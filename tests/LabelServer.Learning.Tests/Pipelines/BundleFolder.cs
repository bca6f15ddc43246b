using System.Text.Json.Nodes;

namespace LabelServer.Learning.Tests.Pipelines;

/// <summary>A bundle in a folder of its own for one test: configs copied from elsewhere, perhaps changed, and weights.</summary>
internal sealed class BundleFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("labelserver-bundle-");

    public BundleFolder(string name, string configs)
    {
        Root = Path.Combine(_parent.FullName, name);
        Directory.CreateDirectory(Path.Combine(Root, "models"));
        Directory.CreateDirectory(Path.Combine(Root, "configs"));
        foreach (var file in Directory.EnumerateFiles(configs))
        {
            File.Copy(file, Path.Combine(Root, "configs", Path.GetFileName(file)));
        }
    }

    public string Root { get; }

    public string Models => Path.Combine(Root, "models");

    public void AddWeights(string source, string name) => File.Copy(source, Path.Combine(Models, name), overwrite: true);

    /// <summary>Changes a value of the inference config: "network_def", "init_filters".</summary>
    public void Change(JsonNode value, params string[] path)
    {
        var file = Path.Combine(Root, "configs", "inference.json");
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        var node = root;
        foreach (var key in path[..^1])
        {
            node = node[key]!;
        }

        node[path[^1]] = value;
        File.WriteAllText(file, root.ToJsonString());
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
