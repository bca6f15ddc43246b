using LabelServer.Bundles;
using LabelServer.Bundles.Config;

namespace LabelServer.Models;

/// <summary>Finds which weights files a bundle has and which of them its inference config asks for.</summary>
internal sealed class WeightsFiles(Bundle bundle, ConfigDocument inference)
{
    private const string Loader = "CheckpointLoader";
    private const string HighresId = DisplayableConfig.Key + "#highres";
    private const string DefaultName = "model.pt";
    private const string DefaultLowresName = "model_lowres.pt";
    private static readonly string[] Extensions = [".pt", ".pth", ".ts", ".safetensors", ".onnx"];

    /// <summary>The files that the config asks for, then the other ones, short names first as in MONAI Label.</summary>
    /// <param name="hasHighres">Whether the bundle chooses weights by <c>highres</c>.</param>
    public IReadOnlyList<ModelWeights> List(bool hasHighres)
    {
        var folder = Path.Combine(bundle.Folder, "models");
        var present = Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles().Where(f => f.Length > 0 && IsWeights(f.Name)).Select(f => f.Name).ToHashSet(StringComparer.Ordinal)
            : [];
        var downloadable = bundle.LargeFiles.Where(f => f.Path.StartsWith("models/", StringComparison.Ordinal)).Select(f => f.Path["models/".Length..]).Where(IsWeights).ToHashSet(StringComparer.Ordinal);
        var asked = Asked(hasHighres).ConvertAll(a => (Name: Existing(a.Name, present), a.Highres));
        var others = present.Union(downloadable).Except(asked.Select(a => a.Name)).OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal);
        return [.. asked.Concat(others.Select(n => (Name: n, Highres: (bool?)null))).Select(e => new ModelWeights
        {
            FileName = e.Name,
            FilePath = Path.Combine(folder, e.Name),
            IsPresent = present.Contains(e.Name),
            Highres = e.Highres,
            IsDefault = asked.Any(a => a.Name == e.Name),
            IsDownloadable = downloadable.Contains(e.Name),
        })];
    }

    private static bool IsWeights(string name) => Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    // The same weights in another format stand in: model.ts or model.safetensors for model.pt.
    private static string Existing(string asked, HashSet<string> present) => present.Contains(asked)
        ? asked
        : present.Where(n => Path.GetFileNameWithoutExtension(n) == Path.GetFileNameWithoutExtension(asked)).Order(StringComparer.Ordinal).FirstOrDefault(asked);

    private List<(string Name, bool? Highres)> Asked(bool hasHighres)
    {
        if (!hasHighres)
            return [(LoadedBy(inference) ?? DefaultName, null)];
        var fine = LoadedBy(inference.With(HighresId, new ConfigValue.Boolean(true))) ?? DefaultName;
        var coarse = LoadedBy(inference.With(HighresId, new ConfigValue.Boolean(false))) ?? DefaultLowresName;

        // A config that loads the same file either way, as MONAI Label's toggle does: the published names then tell the two apart.
        return fine == coarse ? [(DefaultName, true), (DefaultLowresName, false)] : [(fine, true), (coarse, false)];
    }

    // The file that the config's CheckpointLoader reads, whether it stands alone or among the handlers.
    private string? LoadedBy(ConfigDocument document)
    {
        var resolver = bundle.CreateResolver(document);
        var loaders = document.Root.Items
            .Select(item => (item.Key as ConfigValue.Text)?.Value)
            .OfType<string>()
            .Where(key => document.Find(key) is { } written && Mentions(written))
            .SelectMany(key => Components(resolver.Resolve(key)));
        foreach (var loader in loaders)
        {
            if (loader.Arguments.FirstOrDefault(a => a.Key == "load_path").Value is ConfigValue.Text path && IsWeights(path.Value))
                return path.Value[(path.Value.LastIndexOfAny(['/', '\\']) + 1)..];
        }

        return null;
    }

    private static bool Mentions(ConfigValue written) => written switch
    {
        ConfigValue.Map map => map.Items.Any(i => i.Key is ConfigValue.Text { Value: "_target_" } ? i.Value is ConfigValue.Text target && IsLoader(target.Value) : Mentions(i.Value)),
        ConfigValue.List list => list.Items.Any(Mentions),
        _ => false,
    };

    private static IEnumerable<ConfigValue.Component> Components(ConfigValue value) => value switch
    {
        ConfigValue.Component component when IsLoader(component.Target) => [component],
        ConfigValue.List list => list.Items.SelectMany(Components),
        ConfigValue.Map map => map.Items.SelectMany(i => Components(i.Value)),
        _ => [],
    };

    private static bool IsLoader(string target) => target == Loader || target.EndsWith("." + Loader, StringComparison.Ordinal);
}
