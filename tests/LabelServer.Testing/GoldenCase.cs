using System.Text.Json;
using Xunit;

namespace LabelServer.Testing;

/// <summary>One reference case: the JSON with the arguments and, beside it, the tensors.</summary>
public sealed class GoldenCase
{
    private GoldenCase(string area, string name, string path)
    {
        Area = area;
        Name = name;
        JsonPath = path + ".json";
        TensorPath = path + ".safetensors";
    }

    /// <summary>The folder of the case, such as <c>networks</c>.</summary>
    public string Area { get; }

    /// <summary>The file name without extension.</summary>
    public string Name { get; }

    /// <summary>The JSON file.</summary>
    public string JsonPath { get; }

    /// <summary>The tensor file; may be absent.</summary>
    public string TensorPath { get; }

    /// <summary>The folder that holds the case.</summary>
    public string Folder => Path.GetDirectoryName(JsonPath)!;

    /// <summary>
    /// Theory data: the names of all cases of an area whose name starts with <paramref name="prefix"/>, sorted. With none, a single empty name, which
    /// <see cref="Require"/> turns into one skipped test.
    /// </summary>
    public static TheoryData<string> Names(string area, string prefix = "")
    {
        var data = new TheoryData<string>();
        var folder = SharedFolders.Golden is null ? null : Path.Combine(SharedFolders.Golden, area);
        if (folder is not null && Directory.Exists(folder))
        {
            foreach (var name in Directory.EnumerateFiles(folder, prefix + "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal))
            {
                data.Add(name);
            }
        }

        if (data.Count == 0)
        {
            data.Add(string.Empty);
        }

        return data;
    }

    /// <summary>The case of that name; skips the running test for the empty name.</summary>
    public static GoldenCase Require(string area, string name)
    {
        Assert.SkipWhen(name.Length == 0 || SharedFolders.Golden is null, $"No reference outputs for '{area}': set LABELSERVER_GOLDEN.");
        return new GoldenCase(area, name, Path.Combine(SharedFolders.Golden!, area, name));
    }

    /// <summary>The arguments.</summary>
    public JsonDocument ReadJson() => JsonDocument.Parse(File.ReadAllBytes(JsonPath));

    /// <summary>The tensors.</summary>
    public SafetensorsFile ReadTensors() => SafetensorsFile.Read(TensorPath);
}
