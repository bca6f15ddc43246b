using LabelServer.Bundles.Config;
using LabelServer.Bundles.Workflows;

namespace LabelServer.BundleRuns;

/// <summary>Reads the words behind <c>labelserver bundle run</c>: those of <c>python -m monai.bundle run</c>, and <c>--bundle DIR</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/bundle/scripts.py (run); the form of the words is Python Fire's: <c>--name value</c>, <c>--name=value</c>, a name alone means True.</remarks>
internal static class BundleRunArgumentsReader
{
    private const string ArgumentsFile = "args_file";

    // As MONAI's run takes them by position.
    private static readonly string[] Positions = ["run_id", "init_id", "final_id", "meta_file", "config_file", "logging_file"];

    /// <summary>Reads the words.</summary>
    /// <exception cref="BundleRunException">A word cannot be understood, or no config file is named.</exception>
    public static BundleRunArguments Read(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var values = Split(words);
        if (values.GetValueOrDefault(ArgumentsFile) is { } file)
        {
            values.Remove(ArgumentsFile);
            values = WithDefaults(values, Text(ArgumentsFile, file));
        }

        return ToArguments(values);
    }

    private static OrderedDictionary<string, ConfigValue> Split(IReadOnlyList<string> words)
    {
        var values = new OrderedDictionary<string, ConfigValue>(StringComparer.Ordinal);
        var position = 0;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (!IsName(word))
            {
                if (position == Positions.Length)
                {
                    throw new BundleRunException($"'{word}' is one word too many. A value that overrides a config id stands behind its name: --ID VALUE.");
                }

                values[Positions[position++]] = PythonLiteral.Read(word);
                continue;
            }

            var name = word[2..];
            if (name.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                values[Normal(name[..equals])] = PythonLiteral.Read(name[(equals + 1)..]);
            }
            else if (i + 1 < words.Count && !IsName(words[i + 1]))
            {
                values[Normal(name)] = PythonLiteral.Read(words[++i]);
            }
            else
            {
                values[Normal(name)] = new ConfigValue.Boolean(true);
            }
        }

        return values;
    }

    private static bool IsName(string word) => word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal);

    // The names of the command itself may be written with hyphens; ids of a config are taken as they are. Before version 1.1, MONAI said runner_id.
    private static string Normal(string name) => name.Replace('-', '_') switch
    {
        "runner_id" => "run_id",
        var plain when Positions.Contains(plain) || plain is "bundle" or ArgumentsFile or "tracking" => plain,
        _ => name,
    };

    private static OrderedDictionary<string, ConfigValue> WithDefaults(OrderedDictionary<string, ConfigValue> values, string file)
    {
        ConfigDocument defaults;
        try
        {
            defaults = ConfigDocument.Load(file);
        }
        catch (ConfigException error)
        {
            throw new BundleRunException($"--args_file: {error.Message}", error);
        }

        var merged = new OrderedDictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var (key, value) in defaults.Root.Items)
        {
            merged[Normal(((ConfigValue.Text)key).Value)] = value;
        }

        foreach (var (name, value) in values)
        {
            merged[name] = value;
        }

        return merged;
    }

    private static BundleRunArguments ToArguments(OrderedDictionary<string, ConfigValue> values)
    {
        if (values.TryGetValue("tracking", out var tracking) && tracking is not ConfigValue.Null)
        {
            throw new BundleRunException("--tracking is not supported: no experiment tracker is called. Leave it out; metrics are written to the bundle's output_dir.");
        }

        var ids = new WorkflowIds();
        var configs = Files(values, "config_file");
        return new BundleRunArguments
        {
            Ids = new WorkflowIds(Text(values, "run_id") ?? ids.Run, Text(values, "init_id") ?? ids.Initialize, Text(values, "final_id") ?? ids.Finalize),
            Bundle = Text(values, "bundle"),
            MetaFiles = Files(values, "meta_file"),
            ConfigFiles = configs.Count > 0 ? configs : throw new BundleRunException("--config_file is missing. Name the config to run, such as --config_file configs/train.json."),
            LoggingFile = Text(values, "logging_file"),
            Overrides = [.. values.Where(v => !Positions.Contains(v.Key) && v.Key is not ("bundle" or "tracking"))],
        };
    }

    private static string? Text(OrderedDictionary<string, ConfigValue> values, string name) =>
        values.TryGetValue(name, out var value) && value is not (ConfigValue.Null or ConfigValue.Boolean { Value: false }) ? Text(name, value) : null;

    private static string Text(string name, ConfigValue value) =>
        value is ConfigValue.Text { Value.Length: > 0 } text ? text.Value : throw new BundleRunException($"--{name} needs a text behind it.");

    private static IReadOnlyList<string> Files(OrderedDictionary<string, ConfigValue> values, string name) => values.GetValueOrDefault(name) switch
    {
        null or ConfigValue.Null => [],
        ConfigValue.List list => [.. list.Items.Select(i => Text(name, i))],
        var single => [Text(name, single)],
    };
}
