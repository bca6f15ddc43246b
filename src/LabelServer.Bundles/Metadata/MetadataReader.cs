using System.Globalization;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Metadata;

/// <summary>Reads and checks <c>metadata.json</c>. All problems are collected before any is reported.</summary>
internal sealed class MetadataReader(string file, string folderName)
{
    private const int MostChannels = 100_000;

    private readonly List<string> _problems = [];

    public BundleMetadata Read(ConfigValue.Map raw)
    {
        var version = Text(raw, "version", string.Empty);
        if (version.Length == 0 && raw.Find("version") is null or ConfigValue.Text)
        {
            _problems.Add("'version' is missing: write the bundle's version, such as \"0.1.0\".");
        }

        var (inputs, outputs) = ReadDataFormat(raw);
        var metadata = new BundleMetadata
        {
            Name = Text(raw, "name", string.Empty) is { Length: > 0 } name ? name : folderName,
            Version = version,
            Task = Text(raw, "task", string.Empty),
            Description = Text(raw, "description", string.Empty),
            IntendedUse = Text(raw, "intended_use", string.Empty),
            Authors = Text(raw, "authors", string.Empty),
            Copyright = Text(raw, "copyright", string.Empty),
            License = Text(raw, "license", string.Empty),
            MonaiVersion = Text(raw, "monai_version", string.Empty),
            DataSource = Text(raw, "data_source", string.Empty),
            Inputs = inputs,
            Outputs = outputs,
            Raw = raw,
        };
        return _problems.Count == 0 ? metadata : throw new MetadataException(file, _problems);
    }

    private (IReadOnlyList<NetworkTensor> Inputs, IReadOnlyList<NetworkTensor> Outputs) ReadDataFormat(ConfigValue.Map raw)
    {
        if (raw.Find("network_data_format") is not { } value)
        {
            // Bundles of several networks describe each under its own name; nothing is known of the data then.
            return ([], []);
        }

        if (value is ConfigValue.Map format)
        {
            return (ReadTensors(format, "inputs"), ReadTensors(format, "outputs"));
        }

        _problems.Add("'network_data_format' must be a dictionary with 'inputs' and 'outputs'.");
        return ([], []);
    }

    private List<NetworkTensor> ReadTensors(ConfigValue.Map format, string side)
    {
        var tensors = new List<NetworkTensor>();
        if (format.Find(side) is not ConfigValue.Map map)
        {
            _problems.Add($"'network_data_format::{side}' must be a dictionary.");
            return tensors;
        }

        foreach (var (key, value) in map.Items)
        {
            var name = ConfigTree.KeyText(key);
            if (value is ConfigValue.Map tensor)
            {
                tensors.Add(ReadTensor(name, tensor, $"network_data_format::{side}::{name}"));
            }
            else
            {
                _problems.Add($"'network_data_format::{side}::{name}' must be a dictionary.");
            }
        }

        return tensors;
    }

    private NetworkTensor ReadTensor(string name, ConfigValue.Map tensor, string at) => new()
    {
        Name = name,
        Type = Text(tensor, "type", at),
        Format = Text(tensor, "format", at),
        Modality = Text(tensor, "modality", at),
        Channels = Channels(tensor, at),
        SpatialShape = Shape(tensor, at),
        Dtype = Text(tensor, "dtype", at),
        ValueRange = Range(tensor, at),
        IsPatchData = tensor.Find("is_patch_data") is ConfigValue.Boolean { Value: true },
        ChannelNames = Names(tensor, tensor.Find("channel_def") is null ? "label_def" : "channel_def", at),
    };

    private string Text(ConfigValue.Map map, string key, string at)
    {
        switch (map.Find(key))
        {
            case null or ConfigValue.Null:
                return string.Empty;
            case ConfigValue.Text text:
                return text.Value.Trim();
            default:
                _problems.Add($"'{ConfigPath.Join(at, key)}' must be text.");
                return string.Empty;
        }
    }

    private int? Channels(ConfigValue.Map tensor, string at)
    {
        switch (tensor.Find("num_channels"))
        {
            case null or ConfigValue.Null:
                return null;
            case ConfigValue.Integer { Value: >= 0 and <= MostChannels } channels:
                return (int)channels.Value;
            default:
                _problems.Add($"'{at}::num_channels' must be a whole number from 0 to {MostChannels}.");
                return null;
        }
    }

    private IReadOnlyList<ConfigValue> Shape(ConfigValue.Map tensor, string at)
    {
        switch (tensor.Find("spatial_shape"))
        {
            case null or ConfigValue.Null:
                return [];
            case ConfigValue.List list when list.Items.All(i => i is ConfigValue.Integer { Value: > 0 } or ConfigValue.Text):
                return list.Items;
            default:
                _problems.Add($"'{at}::spatial_shape' must be a list of sizes above 0 or texts such as \"16*n\".");
                return [];
        }
    }

    private double[] Range(ConfigValue.Map tensor, string at)
    {
        switch (tensor.Find("value_range"))
        {
            case null or ConfigValue.Null or ConfigValue.List { Items.Count: 0 }:
                return [];
            case ConfigValue.List list when list.Items.All(i => i is ConfigValue.Integer or ConfigValue.Real):
                return [.. list.Items.Select(i => i is ConfigValue.Real real ? real.Value : ((ConfigValue.Integer)i).Value)];
            default:
                _problems.Add($"'{at}::value_range' must be a list of numbers.");
                return [];
        }
    }

    private List<KeyValuePair<int, string>> Names(ConfigValue.Map tensor, string key, string at)
    {
        var names = new SortedDictionary<int, string>();
        switch (tensor.Find(key))
        {
            case null or ConfigValue.Null:
                break;
            case ConfigValue.Map map:
                foreach (var (index, name) in map.Items)
                {
                    var text = ConfigTree.KeyText(index);
                    if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || name is not ConfigValue.Text { Value.Length: > 0 } label)
                    {
                        _problems.Add($"'{at}::{key}::{text}' must have a whole number as its key and a name as its value.");
                    }
                    else if (!names.TryAdd(number, label.Value))
                    {
                        _problems.Add($"'{at}::{key}' names {number} twice.");
                    }
                }

                break;
            default:
                _problems.Add($"'{at}::{key}' must be a dictionary from channel numbers to names.");
                break;
        }

        return [.. names];
    }
}
