using LabelServer.Bundles.Config;
using LabelServer.Bundles.Expressions;
using LabelServer.Bundles.Metadata;

namespace LabelServer.Bundles;

/// <summary>A MONAI bundle: a folder with <c>configs/metadata.json</c>, further configs, weights under <c>models/</c> and perhaps <c>large_files.yml</c>. Read as data; nothing in it is executed.</summary>
/// <remarks>
/// <para>Source: https://docs.monai.io/en/stable/mb_specification.html.</para>
/// <para>Metadata and the list of large files are read once, at opening; which configs and weights there are is looked up on every call, so that weights dropped in later are seen. Safe to share between threads.</para>
/// </remarks>
public sealed class Bundle
{
    private static readonly string[] WeightExtensions = [".pt", ".pth", ".ts", ".safetensors", ".onnx", ".ckpt"];

    private Bundle(string folder, BundleMetadata metadata, IReadOnlyList<LargeFile> largeFiles)
    {
        Folder = folder;
        Metadata = metadata;
        LargeFiles = largeFiles;
    }

    /// <summary>The full path of the bundle's folder.</summary>
    public string Folder { get; }

    /// <summary>The folder's name, which is how apps and requests name the model.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>What <c>metadata.json</c> says.</summary>
    public BundleMetadata Metadata { get; }

    /// <summary>The files that <c>large_files.yml</c> names; empty without it.</summary>
    public IReadOnlyList<LargeFile> LargeFiles { get; }

    /// <summary>Opens a bundle folder.</summary>
    /// <exception cref="BundleException">There is no such folder, or it is no bundle.</exception>
    /// <exception cref="MetadataException"><c>metadata.json</c> or <c>large_files.yml</c> is missing or wrong; all problems are listed.</exception>
    /// <exception cref="ConfigException">One of them is not valid JSON or YAML.</exception>
    public static Bundle Open(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(folder))
        {
            throw new BundleException($"There is no bundle folder {folder}.");
        }

        var name = Path.GetFileName(folder);
        if (FindConfigFile(folder, "metadata") is not { } file)
        {
            throw new MetadataException($"{name}/configs/metadata.json", ["The file is missing; every bundle has one."]);
        }

        var metadata = new MetadataReader($"{name}/configs/{Path.GetFileName(file)}", name).Read(ConfigDocument.ReadFile(file, ConfigLimits.Default));
        return new Bundle(folder, metadata, ReadLargeFiles(folder, name));
    }

    /// <summary>The names of the configs that are there, without folder and extension, sorted: <c>inference</c>, <c>train</c>, … without <c>metadata</c>.</summary>
    public IReadOnlyList<string> FindConfigs()
    {
        var folder = Path.Combine(Folder, "configs");
        return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder)
            .Where(f => ConfigDocument.FormatOf(f) is not null)
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Where(n => n != "metadata")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>The weights that are there: files under <c>models/</c> with a known extension, sorted by name.</summary>
    public IReadOnlyList<BundleFile> FindWeights()
    {
        var folder = Path.Combine(Folder, "models");
        return !Directory.Exists(folder) ? [] : [.. new DirectoryInfo(folder)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System })
            .Where(f => WeightExtensions.Contains(f.Extension, StringComparer.OrdinalIgnoreCase))
            .Select(f => new BundleFile(Path.GetRelativePath(Folder, f.FullName).Replace(Path.DirectorySeparatorChar, '/'), f.FullName, f.Length, f.LastWriteTimeUtc))
            .OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    /// <summary>True when the bundle has a config of that name.</summary>
    public bool HasConfig(string name) => FindConfigFile(Folder, name) is not null;

    /// <summary>Reads configs by name and merges them in order, as <c>LoadConfig("train", "evaluate")</c>; <c>bundle_root</c> becomes the bundle's folder.</summary>
    /// <param name="names">Names without folder and extension.</param>
    /// <exception cref="ConfigException">One of them is missing or wrong.</exception>
    public ConfigDocument LoadConfig(params IEnumerable<string> names)
    {
        var files = names.Select(n => FindConfigFile(Folder, n) ?? throw new ConfigException($"The bundle '{Name}' has no config '{n}'. It has: {string.Join(", ", FindConfigs())}."));
        return ConfigDocument.Load(files).With("bundle_root", new ConfigValue.Text(Folder.Replace(Path.DirectorySeparatorChar, '/')));
    }

    /// <summary>Reads config files by path and merges them in order; <c>bundle_root</c> becomes the bundle's folder. For files that the user names, not a client.</summary>
    /// <param name="files">Full paths, of the bundle's configs or others.</param>
    /// <exception cref="ConfigException">One of them is missing or wrong.</exception>
    public ConfigDocument LoadConfigFiles(IEnumerable<string> files) => ConfigDocument.Load(files).With("bundle_root", new ConfigValue.Text(Folder.Replace(Path.DirectorySeparatorChar, '/')));

    /// <summary>A resolver for a document of this bundle: messages name the bundle, macros and file lookups stay inside its folder.</summary>
    /// <param name="document">From <see cref="LoadConfig"/>, perhaps with overrides.</param>
    /// <param name="folders">Further folders that expressions may look into, such as the studies. Default none.</param>
    /// <param name="cudaAvailable">What expressions are told about a GPU. Default false.</param>
    public ConfigResolver CreateResolver(ConfigDocument document, IEnumerable<string>? folders = null, bool cudaAvailable = false) => new(document, new ConfigResolverOptions
    {
        BundleName = Name,
        Folder = Folder,
        Expressions = new ExpressionOptions { Folders = [Folder, .. folders ?? []], CudaAvailable = cudaAvailable },
    });

    private static string? FindConfigFile(string folder, string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAny('/', '\\', '\0') || name.Contains("..", StringComparison.Ordinal))
        {
            return null;
        }

        return ((string[])[".json", ".yaml", ".yml"]).Select(e => Path.Combine(folder, "configs", name + e)).FirstOrDefault(File.Exists);
    }

    private static List<LargeFile> ReadLargeFiles(string folder, string name)
    {
        var file = ((string[])["large_files.yml", "large_files.yaml", "large_files.json"]).Select(f => Path.Combine(folder, f)).FirstOrDefault(File.Exists);
        return file is null ? [] : new LargeFilesReader($"{name}/{Path.GetFileName(file)}").Read(ConfigDocument.ReadFile(file, ConfigLimits.Default));
    }
}
