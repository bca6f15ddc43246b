using System.Collections.Concurrent;
using LabelServer.Inference;

namespace LabelServer.Models;

/// <summary>The bundles that this server offers, as they are on disk at this moment.</summary>
/// <remarks>
/// Each access looks at the time stamps of the few files that matter and reads again only what changed: weights and configs dropped in later are noticed without restart.
/// Safe for concurrent use.
/// </remarks>
public sealed partial class ModelCatalog
{
    private readonly ModelCatalogOptions _options;
    private readonly ModelReader _reader;
    private readonly DeviceDirectory _devices;
    private readonly ILogger<ModelCatalog> _logger;
    private readonly ConcurrentDictionary<string, (BundleStamp Stamp, ModelDescription Model)> _cache = new(StringComparer.Ordinal);

    /// <summary>Creates the catalog; nothing is read before the first access.</summary>
    public ModelCatalog(ModelCatalogOptions options, DeviceDirectory devices, ILogger<ModelCatalog> logger)
    {
        _options = options;
        _devices = devices;
        _reader = new ModelReader(devices);
        _logger = logger;
    }

    /// <summary>All offered models, the unusable ones included, in the order of <c>--conf models</c>, else by name.</summary>
    public IReadOnlyList<ModelDescription> Models => [.. Folders().Select(Describe)];

    /// <summary>The offered models that can run now: what <c>/info/</c> lists.</summary>
    public IReadOnlyList<ModelDescription> UsableModels => [.. Models.Where(m => m.IsUsable)];

    /// <summary>The names that the options ask for and no search folder has.</summary>
    public IReadOnlyList<string> UnknownNames => _options.IsStoreOnly ? [] : [.. WantedNames().Where(name => FindFolder(name) is null)];

    /// <summary>The folders that are searched, for messages.</summary>
    public IReadOnlyList<string> SearchFolders => _options.SearchFolders;

    /// <summary>Whether a model of that name is offered, usable or not.</summary>
    public bool Has(string id) => Folders().Any(folder => Path.GetFileName(folder) == id);

    /// <summary>The model of that name, usable or not.</summary>
    /// <exception cref="ModelUnknownException">There is none; the message lists those there are.</exception>
    public ModelDescription Require(string id)
    {
        foreach (var folder in Folders())
        {
            if (Path.GetFileName(folder) == id)
                return Describe(folder);
        }

        var names = string.Join(", ", Folders().Select(Path.GetFileName));
        throw new ModelUnknownException($"There is no model '{id}'. {(names.Length == 0 ? "This server offers no models." : $"Models of this server: {names}.")}");
    }

    private IEnumerable<string> Folders()
    {
        if (_options.BundleFolders.Count > 0)
            return _options.BundleFolders.Select(f => Path.TrimEndingDirectorySeparator(Path.GetFullPath(f)));
        if (_options.IsStoreOnly)
            return [];
        var wanted = WantedNames();
        if (wanted.Count > 0)
            return wanted.Select(FindFolder).OfType<string>();
        return _options.SearchFolders
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateDirectories(folder).Where(ModelReader.IsBundle))
            .Where(folder => _options.Types.Count == 0 || _options.Types.Contains(ModelType.Guess(Path.GetFileName(folder)), StringComparer.Ordinal))
            .DistinctBy(Path.GetFileName)
            .OrderBy(Path.GetFileName, StringComparer.Ordinal);
    }

    private List<string> WantedNames() => _options.Names.Any(n => n.Equals("all", StringComparison.OrdinalIgnoreCase)) ? [] : [.. _options.Names.Distinct()];

    private string? FindFolder(string name)
    {
        // A name with a separator would be a path; the settings take names only.
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0 || name is "." or "..")
            return null;
        return _options.SearchFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(ModelReader.IsBundle);
    }

    private ModelDescription Describe(string folder)
    {
        var stamp = BundleStamp.Of(folder, _devices.Names);
        if (_cache.TryGetValue(folder, out var known) && known.Stamp == stamp)
            return known.Model;
        var model = _reader.Read(folder);
        _cache[folder] = (stamp, model);
        if (known.Model?.Problem != model.Problem || known.Model is null)
            Report(model);
        return model;
    }

    private void Report(ModelDescription model)
    {
        if (model.Problem is { } problem)
            LogUnusable(problem);
        else
            LogUsable(model.Id, model.Version, string.Join(", ", model.Weights.Where(w => w.IsPresent).Select(w => w.FileName)), model.Notice ?? string.Empty);
    }

    [LoggerMessage(1, LogLevel.Information, "Model {Model} {Version} can run with {Weights}. {Notice}")]
    private partial void LogUsable(string model, string version, string weights, string notice);

    [LoggerMessage(2, LogLevel.Warning, "{Problem}")]
    private partial void LogUnusable(string problem);
}
