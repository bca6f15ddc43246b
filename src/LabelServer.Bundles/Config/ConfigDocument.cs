using System.Text;

namespace LabelServer.Bundles.Config;

/// <summary>A config as written: one or several JSON or YAML files merged, with overrides. Nothing is resolved yet; see <see cref="ConfigResolver"/>.</summary>
/// <remarks>
/// <para>Immutable: an override gives a new document that shares the rest. Safe to share between threads.</para>
/// <para>Merging follows MONAI (monai/bundle/config_parser.py load_config_files, utils.py merge_kv): files in order, a later key replaces the earlier value whole; a key with <c>#</c> or <c>::</c>
/// reaches into the nested value; a key with a leading <c>+</c> adds to the list or dictionary that is there.</para>
/// </remarks>
public sealed class ConfigDocument
{
    private ConfigDocument(ConfigValue.Map root, IReadOnlyList<string> sources, ConfigLimits limits)
    {
        Root = root;
        Sources = sources;
        Limits = limits;
    }

    /// <summary>The whole config: null, truth values, numbers, text, lists and maps only.</summary>
    public ConfigValue.Map Root { get; }

    /// <summary>The files that it was read from, in order.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>The bounds it was read with.</summary>
    public ConfigLimits Limits { get; }

    /// <summary>Reads files and merges them in order.</summary>
    /// <exception cref="ConfigException">A file is missing, too large, not valid JSON or YAML, holds no dictionary, or a key reaches into something that is not there.</exception>
    public static ConfigDocument Load(IEnumerable<string> files, ConfigLimits? limits = null)
    {
        limits ??= ConfigLimits.Default;
        var sources = files.ToList();
        var root = new ConfigValue.Map([]);
        foreach (var file in sources)
        {
            root = Merge(root, ReadFile(file, limits), Path.GetFileName(file));
        }

        return new ConfigDocument(root, sources, limits);
    }

    /// <summary>Reads one file.</summary>
    /// <exception cref="ConfigException">As for several files.</exception>
    public static ConfigDocument Load(string file, ConfigLimits? limits = null) => Load([file], limits);

    /// <summary>Reads one config from text.</summary>
    /// <param name="text">JSON or YAML.</param>
    /// <param name="format">Which of them.</param>
    /// <param name="name">A name for messages.</param>
    /// <param name="limits">Bounds; the default ones when null.</param>
    /// <exception cref="ConfigException">It is not valid, or no dictionary.</exception>
    public static ConfigDocument Parse(string text, ConfigFormat format, string name = "config", ConfigLimits? limits = null)
    {
        limits ??= ConfigLimits.Default;
        var map = RequireMap(ReadText(text, format, name, limits), name);
        return new ConfigDocument(Merge(new ConfigValue.Map([]), map, name), [name], limits);
    }

    /// <summary>True when there is a value under that id.</summary>
    /// <param name="id">Keys and indices joined by <c>#</c> or <c>::</c>. Macros are not followed.</param>
    public bool Contains(string id) => Find(id) is not null;

    /// <summary>The value as written under that id, or null when there is none.</summary>
    /// <param name="id">Keys and indices joined by <c>#</c> or <c>::</c>; empty for the whole config. Macros are not followed.</param>
    public ConfigValue? Find(string id)
    {
        ConfigValue? value = Root;
        foreach (var key in ConfigPath.Split(id))
        {
            value = ConfigTree.Child(value, key);
            if (value is null)
            {
                return null;
            }
        }

        return value;
    }

    /// <summary>A new document with a value replaced or added.</summary>
    /// <param name="id">Keys and indices joined by <c>#</c> or <c>::</c>. Missing dictionaries on the way are made; a missing list item is an error.</param>
    /// <param name="value">Data, or text with <c>@</c>, <c>%</c> or <c>$</c> that is interpreted like a written one.</param>
    /// <exception cref="ConfigException">The id is empty or reaches into something that is neither list nor dictionary, or past the end of a list.</exception>
    public ConfigDocument With(string id, ConfigValue value)
    {
        var keys = ConfigPath.Split(id);
        if (keys.Length == 0)
        {
            throw new ConfigException("An override needs an id, such as 'inferer#sw_batch_size'.");
        }

        return new ConfigDocument((ConfigValue.Map)ConfigTree.Replace(Root, keys, 0, value, createMissing: true), Sources, Limits);
    }

    /// <summary>A new document with several overrides, applied in order.</summary>
    /// <exception cref="ConfigException">As for one.</exception>
    public ConfigDocument With(IEnumerable<KeyValuePair<string, ConfigValue>> overrides) =>
        overrides.Aggregate(this, (document, item) => document.With(item.Key, item.Value));

    internal static ConfigValue.Map ReadFile(string file, ConfigLimits limits)
    {
        var name = Path.GetFileName(file);
        var format = FormatOf(file) ?? throw new ConfigException($"{name} is no config file: its name must end with .json, .yaml or .yml.");
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > limits.FileBytes)
            {
                throw new ConfigException($"{name} has {stream.Length} bytes; a config may have {limits.FileBytes}.");
            }

            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return RequireMap(ReadText(reader.ReadToEnd(), format, name, limits), name);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigException($"The config {file} does not exist.", innerException: e);
        }
        catch (DecoderFallbackException e)
        {
            throw new ConfigException($"{name} is not UTF-8 text.", innerException: e);
        }
    }

    internal static ConfigFormat? FormatOf(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".JSON" => ConfigFormat.Json,
        ".YAML" or ".YML" => ConfigFormat.Yaml,
        _ => null,
    };

    internal static ConfigValue ReadText(string text, ConfigFormat format, string name, ConfigLimits limits) => format == ConfigFormat.Json
        ? new JsonConfigReader(name, limits).Read(Encoding.UTF8.GetBytes(text))
        : new YamlConfigReader(name, limits).Read(text);

    private static ConfigValue.Map RequireMap(ConfigValue value, string name) =>
        value as ConfigValue.Map ?? throw new ConfigException($"{name} must hold a dictionary at its top level.");

    // Top-level keys become text, as in MONAI.
    private static ConfigValue.Map Merge(ConfigValue.Map root, ConfigValue.Map added, string name)
    {
        var merged = new ConfigMapBuilder();
        merged.AddAll(root);
        foreach (var (writtenKey, value) in added.Items)
        {
            var key = ConfigTree.KeyText(writtenKey);
            var adds = key.Length > 1 && key[0] == '+';
            var keys = ConfigPath.Split(adds ? key[1..] : key);
            if (keys.Length == 0)
            {
                throw new ConfigException($"{name} has an empty key.");
            }

            try
            {
                merged.Set(keys[0], MergeOne(merged.Find(keys[0]), keys, value, adds));
            }
            catch (ConfigException e)
            {
                throw new ConfigException($"{name}: {e.Message}", string.Join(ConfigPath.Separator, keys), e);
            }
        }

        return merged.Build();
    }

    private static ConfigValue MergeOne(ConfigValue? there, string[] keys, ConfigValue value, bool adds)
    {
        var target = adds ? ConfigTree.Descend(there, keys[1..]) : null;
        value = target is null ? value : ConfigTree.Extend(target, value, string.Join(ConfigPath.Separator, keys));
        return keys.Length == 1 ? value : ConfigTree.Replace(there ?? throw ConfigTree.Missing(keys, 0), keys, 1, value, createMissing: false);
    }
}
