using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LabelServer.Models;

/// <summary>A file of a bundle that is fetched apart because of its size.</summary>
/// <param name="Path">Where it belongs, relative to the bundle's folder, with forward slashes.</param>
/// <param name="Url">Where it is published; empty when the file does not say.</param>
/// <param name="HashType"><c>md5</c>, <c>sha1</c>, <c>sha256</c> or <c>sha512</c>; empty when no checksum is given.</param>
/// <param name="HashValue">The checksum in hexadecimal.</param>
public sealed record LargeFile(string Path, string Url, string HashType, string HashValue);

/// <summary>Reads a bundle's <c>large_files.yml</c>: a list of <c>path</c>, <c>url</c>, <c>hash_type</c>, <c>hash_val</c> under the key <c>large_files</c>.</summary>
/// <remarks>Format: MONAI, monai/bundle/scripts.py (download_large_files), with <c>.yml</c>, <c>.yaml</c> or <c>.json</c>, the last being a kind of YAML.</remarks>
public static class LargeFiles
{
    private const long MaxBytes = 1 << 20;
    private static readonly string[] FileNames = ["large_files.yml", "large_files.yaml", "large_files.json"];

    /// <summary>The path of the bundle's list, or null when it has none.</summary>
    public static string? Find(string bundleFolder) => FileNames.Select(name => Path.Combine(bundleFolder, name)).FirstOrDefault(File.Exists);

    /// <summary>Reads the list; empty when the bundle has none.</summary>
    /// <exception cref="BundleFileException">The file is not readable, or an entry leaves the bundle's folder.</exception>
    public static IReadOnlyList<LargeFile> Read(string bundleFolder)
    {
        if (Find(bundleFolder) is not { } path)
            return [];
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new BundleFileException($"{path} is larger than {MaxBytes} bytes and can not be a list of large files.");
            using var reader = File.OpenText(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            return yaml.Documents.Count == 0 ? [] : [.. Entries(yaml.Documents[0].RootNode, path, bundleFolder)];
        }
        catch (Exception error) when (error is YamlException or IOException or UnauthorizedAccessException)
        {
            throw new BundleFileException($"{path} can not be read: {error.Message}", error);
        }
    }

    private static IEnumerable<LargeFile> Entries(YamlNode root, string path, string bundleFolder)
    {
        if (root is not YamlMappingNode map || !map.Children.TryGetValue("large_files", out var list) || list is not YamlSequenceNode sequence)
            yield break;
        foreach (var entry in sequence.OfType<YamlMappingNode>())
        {
            var relative = Text(entry, "path");
            if (!StaysInside(bundleFolder, relative))
                throw new BundleFileException($"{path}: the path '{relative}' is empty or leaves the bundle's folder. Paths are relative, such as models/model.pt.");
            yield return new LargeFile(relative.Replace('\\', '/'), Text(entry, "url"), Text(entry, "hash_type").ToLowerInvariant(), Text(entry, "hash_val").ToLowerInvariant());
        }
    }

    private static string Text(YamlMappingNode entry, string key) =>
        entry.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { } text } ? text.Trim() : string.Empty;

    private static bool StaysInside(string folder, string relative)
    {
        if (relative.Length == 0 || Path.IsPathRooted(relative))
            return false;
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        return Path.GetFullPath(Path.Combine(folder, relative)).StartsWith(root, StringComparison.Ordinal);
    }
}
