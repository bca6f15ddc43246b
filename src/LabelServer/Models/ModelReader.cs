using System.Globalization;
using System.Text.Json;

namespace LabelServer.Models;

/// <summary>Makes a <see cref="ModelDescription"/> of a bundle's folder.</summary>
internal sealed class ModelReader(DeviceDirectory devices)
{
    private const string HighresKey = "highres";
    private static readonly string[] InferenceConfigs = ["inference.json", "inference.yaml", "inference.yml"];
    private static readonly string[] WeightsExtensions = [".pt", ".pth", ".ts", ".safetensors"];

    /// <summary>Whether the folder looks like a bundle at all.</summary>
    public static bool IsBundle(string folder) => File.Exists(MetadataPath(folder));

    /// <summary>The bundle's metadata file.</summary>
    public static string MetadataPath(string folder) => Path.Combine(folder, "configs", "metadata.json");

    /// <summary>The bundle's inference config, or null when it has none.</summary>
    public static string? InferencePath(string folder) => InferenceConfigs.Select(name => Path.Combine(folder, "configs", name)).FirstOrDefault(File.Exists);

    /// <summary>Reads the folder as it is now. Faults of its files become the description's problem.</summary>
    public ModelDescription Read(string folder)
    {
        var id = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        var type = ModelType.Guess(id);
        try
        {
            using var metadata = JsonDocument.Parse(File.ReadAllBytes(MetadataPath(folder)));
            var inference = InferencePath(folder) ?? throw new BundleFileException($"{Path.Combine(folder, "configs")} has no inference.json or inference.yaml: the model can not run.");
            return Describe(folder, id, type, metadata.RootElement, DisplayableConfig.Read(inference), LargeFiles.Read(folder));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or BundleFileException or InvalidOperationException)
        {
            return Broken(folder, id, type, $"The bundle {id} can not be used: {error.Message}");
        }
    }

    private ModelDescription Describe(string folder, string id, string type, JsonElement metadata, OrderedDictionary<string, object> displayable, IReadOnlyList<LargeFile> large)
    {
        var channels = ChannelLabels(metadata, type);
        var hasHighres = displayable.TryGetValue(HighresKey, out var highres) && highres is bool;
        var weights = Weights(folder, hasHighres, large);
        var present = weights.Where(w => w.IsPresent).ToList();
        var missing = weights.Where(w => !w.IsPresent && (hasHighres ? w.Highres is not null : present.Count == 0)).ToList();
        var choices = weights.Where(w => w is { IsPresent: true, Highres: not null }).Select(w => w.Highres!.Value).ToList();
        var usable = hasHighres ? choices.Count > 0 : present.Count > 0;
        return new ModelDescription
        {
            Id = id,
            Folder = Path.GetFullPath(folder),
            Type = type,
            Title = Text(metadata, "name") is { Length: > 0 } title ? title : id,
            Description = Text(metadata, "description"),
            Version = Text(metadata, "version"),
            IntendedUse = Text(metadata, "intended_use"),
            Dimension = Dimension(metadata),
            Labels = Ranks(channels),
            ChannelLabels = channels,
            Weights = weights,
            HasHighresChoice = hasHighres,
            DefaultHighres = hasHighres && (choices.Count == 1 ? choices[0] : (bool)highres!),
            Problem = usable ? null : MissingWeights.Text(id, missing),
            Notice = usable && missing.Count > 0 ? MissingWeights.Text(id, missing) : null,
            Config = Config(displayable, present, choices),
        };
    }

    private static ModelDescription Broken(string folder, string id, string type, string problem) => new()
    {
        Id = id,
        Folder = Path.GetFullPath(folder),
        Type = type,
        Title = id,
        Description = string.Empty,
        Version = string.Empty,
        IntendedUse = string.Empty,
        Dimension = 3,
        Labels = [],
        ChannelLabels = [],
        Weights = [],
        Problem = problem,
        Config = [],
    };

    private OrderedDictionary<string, object> Config(OrderedDictionary<string, object> displayable, List<ModelWeights> present, List<bool> choices)
    {
        var config = new OrderedDictionary<string, object>
        {
            ["device"] = devices.Names,
            ["model_filename"] = (IReadOnlyList<string>)[WeightsChoice.Auto, .. present.Select(w => w.FileName)],
        };
        foreach (var (key, value) in displayable)
        {
            // A list of one is the only way to tell the panel that there is no choice: a check box can always be ticked.
            config[key] = key == HighresKey && choices.Count == 1 ? (IReadOnlyList<string>)[choices[0] ? "true" : "false"] : value;
        }

        return config;
    }

    private static List<ModelWeights> Weights(string folder, bool hasHighres, IReadOnlyList<LargeFile> large)
    {
        var modelsFolder = Path.Combine(Path.GetFullPath(folder), "models");
        var present = Directory.Exists(modelsFolder)
            ? [.. new DirectoryInfo(modelsFolder).EnumerateFiles().Where(f => f.Length > 0 && IsWeights(f.Name)).Select(f => f.Name)]
            : new HashSet<string>();
        var downloadable = large.Where(f => f.Path.StartsWith("models/", StringComparison.Ordinal) && f.Url.Length > 0).Select(f => f.Path["models/".Length..]).ToHashSet();
        var expected = new List<(string Name, bool? Highres)>();
        if (hasHighres)
            expected.AddRange([("model.pt", true), ("model_lowres.pt", false)]);
        else if (!present.Contains("model.ts"))
            expected.Add(("model.pt", null));

        // MONAI Label's order: short names first.
        var others = present.Union(downloadable.Where(IsWeights)).Except(expected.Select(e => e.Name)).OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal);
        return [.. expected.Concat(others.Select(n => (Name: n, Highres: (bool?)null))).Select(e => new ModelWeights
        {
            FileName = e.Name,
            FilePath = Path.Combine(modelsFolder, e.Name),
            IsPresent = present.Contains(e.Name),
            Highres = e.Highres,
            IsDownloadable = downloadable.Contains(e.Name),
        })];
    }

    private static bool IsWeights(string name) => WeightsExtensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    private static OrderedDictionary<string, int> ChannelLabels(JsonElement metadata, string type)
    {
        var labels = new OrderedDictionary<string, int>();
        if (FirstOf(metadata, "outputs") is not { } output || !output.TryGetProperty("channel_def", out var channels) || channels.ValueKind != JsonValueKind.Object)
            return labels;
        var entries = new List<(string Name, int Channel)>();
        foreach (var channel in channels.EnumerateObject())
        {
            var name = channel.Value.GetString()?.ToLowerInvariant() ?? string.Empty;
            if (!int.TryParse(channel.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new BundleFileException($"configs/metadata.json: channel_def has the key '{channel.Name}'; keys are channel numbers.");
            if (name != "background" || type == ModelType.DeepEdit)
                entries.Add((name, number));
        }

        foreach (var (name, number) in entries.OrderBy(e => e.Channel))
            labels[name] = number;
        return labels;
    }

    // Clients give the i-th name the voxel value i + 1, whatever number the label has (protocol 10.6), so numbers with gaps would move labels.
    private static OrderedDictionary<string, int> Ranks(OrderedDictionary<string, int> channels)
    {
        var ranks = new OrderedDictionary<string, int>();
        var rank = 0;
        foreach (var name in channels.Keys)
            ranks[name] = name == "background" ? 0 : ++rank;
        return ranks;
    }

    private static int Dimension(JsonElement metadata) =>
        FirstOf(metadata, "inputs") is { } input && input.TryGetProperty("spatial_shape", out var shape) && shape.ValueKind == JsonValueKind.Array && shape.GetArrayLength() > 0
            ? shape.GetArrayLength()
            : 3;

    private static JsonElement? FirstOf(JsonElement metadata, string side)
    {
        if (metadata.TryGetProperty("network_data_format", out var format) && format.TryGetProperty(side, out var entries) && entries.ValueKind == JsonValueKind.Object)
        {
            foreach (var entry in entries.EnumerateObject())
                return entry.Value;
        }

        return null;
    }

    private static string Text(JsonElement metadata, string key) =>
        metadata.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}
