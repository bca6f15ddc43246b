using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Bundles.Metadata;

namespace LabelServer.Models;

/// <summary>Makes a <see cref="ModelDescription"/> of a bundle's folder.</summary>
internal sealed class ModelReader(DeviceDirectory devices)
{
    private const string HighresKey = "highres";
    private const string Inference = "inference";
    private const string Background = "background";
    private static readonly string[] MetadataNames = ["metadata.json", "metadata.yaml", "metadata.yml"];

    /// <summary>Whether the folder looks like a bundle at all.</summary>
    public static bool IsBundle(string folder) => MetadataNames.Any(name => File.Exists(Path.Combine(folder, "configs", name)));

    /// <summary>Reads the folder as it is now. Faults of its files become the description's problem.</summary>
    public ModelDescription Read(string folder)
    {
        var id = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        var type = ModelType.Guess(id);
        try
        {
            var bundle = Bundle.Open(folder);
            if (!bundle.HasConfig(Inference))
                return Broken(folder, id, type, $"The bundle {id} has no configs/inference.json: the model can not run.");
            return Describe(bundle, type, bundle.LoadConfig(Inference));
        }
        catch (Exception error) when (error is BundleException or IOException or UnauthorizedAccessException)
        {
            return Broken(folder, id, type, $"The bundle {id} can not be used: {error.Message}");
        }
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

    private ModelDescription Describe(Bundle bundle, string type, ConfigDocument inference)
    {
        var metadata = bundle.Metadata;
        var displayable = DisplayableConfig.Read(bundle.CreateResolver(inference));
        var hasHighres = displayable.TryGetValue(HighresKey, out var highres) && highres is bool;
        var weights = new WeightsFiles(bundle, inference).List(hasHighres);
        var present = weights.Where(w => w.IsPresent).ToList();
        var missing = weights.Where(w => w is { IsDefault: true, IsPresent: false }).ToList();
        var choices = present.Select(w => w.Highres).OfType<bool>().ToList();
        var usable = weights.Any(w => w is { IsDefault: true, IsPresent: true });
        var channels = ChannelLabels(metadata, type);
        return new ModelDescription
        {
            Id = bundle.Name,
            Folder = bundle.Folder,
            Type = type,
            Title = metadata.Name,
            Description = metadata.Description,
            Version = metadata.Version,
            IntendedUse = metadata.IntendedUse,
            Dimension = metadata.Inputs is [{ SpatialShape.Count: > 0 } input, ..] ? input.SpatialShape.Count : 3,
            Labels = Ranks(channels),
            ChannelLabels = channels,
            Weights = weights,
            HasHighresChoice = hasHighres,
            DefaultHighres = hasHighres && (choices.Count == 1 ? choices[0] : (bool)highres!),
            Problem = usable ? null : MissingWeights.Text(bundle.Name, missing),
            Notice = usable && missing.Count > 0 ? MissingWeights.Text(bundle.Name, missing) : null,
            Config = Config(displayable, present, choices),
        };
    }

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

    private static OrderedDictionary<string, int> ChannelLabels(BundleMetadata metadata, string type)
    {
        var labels = new OrderedDictionary<string, int>();
        foreach (var (channel, written) in metadata.Outputs is [var output, ..] ? output.ChannelNames : [])
        {
            var name = LabelName.Shown(written);
            if (name != Background || type == ModelType.DeepEdit)
                labels[name] = channel;
        }

        return labels;
    }

    // Clients give the i-th name the voxel value i + 1, whatever number the label has (protocol 10.6), so numbers with gaps would move labels.
    private static OrderedDictionary<string, int> Ranks(OrderedDictionary<string, int> channels)
    {
        var ranks = new OrderedDictionary<string, int>();
        var rank = 0;
        foreach (var name in channels.Keys)
            ranks[name] = name == Background ? 0 : ++rank;
        return ranks;
    }
}
