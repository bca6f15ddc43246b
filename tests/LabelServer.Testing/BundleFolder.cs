using System.Text.Json.Nodes;

namespace LabelServer.Testing;

/// <summary>A bundle in a folder of its own for one test: configs copied from elsewhere, perhaps changed, and weights.</summary>
public sealed class BundleFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("labelserver-bundle-");

    /// <summary>Copies the configs.</summary>
    /// <param name="name">The bundle's name.</param>
    /// <param name="configs">The folder of the configs; null leaves it to the test to write them.</param>
    public BundleFolder(string name, string? configs = null)
    {
        Root = Path.Combine(_parent.FullName, name);
        Directory.CreateDirectory(Path.Combine(Root, "models"));
        Directory.CreateDirectory(Path.Combine(Root, "configs"));
        foreach (var file in configs is null ? [] : Directory.EnumerateFiles(configs))
        {
            File.Copy(file, Path.Combine(Root, "configs", Path.GetFileName(file)));
        }
    }

    /// <summary>The bundle's folder.</summary>
    public string Root { get; }

    /// <summary>Its folder of weights.</summary>
    public string Models => Path.Combine(Root, "models");

    /// <summary>Copies weights into it.</summary>
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

    /// <inheritdoc/>
    public void Dispose() => _parent.Delete(recursive: true);
}
