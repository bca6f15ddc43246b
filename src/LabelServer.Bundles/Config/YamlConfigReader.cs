using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LabelServer.Bundles.Config;

/// <summary>Reads one YAML document into config values. Anchors, aliases and merge keys work; tags beyond the core ones are refused, so that no object is ever made.</summary>
/// <remarks>Reads parser events instead of a node tree: the tree builder recurses without a bound and does not count what aliases repeat.</remarks>
internal sealed class YamlConfigReader(string name, ConfigLimits limits)
{
    private readonly Dictionary<string, ConfigValue> _anchors = [];
    private readonly ConfigValueSizes _sizes = new();
    private long _values;

    public ConfigValue Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return ConfigValue.Null.Instance;
            }

            parser.Consume<DocumentStart>();
            var value = ReadNode(parser, 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? value : throw new ConfigException($"{name} holds several YAML documents; a config is one.");
        }
        catch (YamlException e)
        {
            throw new ConfigException($"{name} is not valid YAML at line {e.Start.Line}, column {e.Start.Column}: {e.InnerException?.Message ?? e.Message}", innerException: e);
        }
    }

    private ConfigValue ReadNode(Parser parser, int depth)
    {
        if (depth > limits.Depth)
        {
            throw new ConfigException($"{name} is nested more than {limits.Depth} levels deep.");
        }

        Count(1);
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out var known))
            {
                throw new ConfigException($"{name}, line {alias.Start.Line}: the alias *{alias.Value} has no anchor before it.");
            }

            Count(_sizes.Of(known));
            return known;
        }

        if (!parser.Accept<NodeEvent>(out var node))
        {
            throw new ConfigException($"{name}: unexpected YAML content.");
        }

        ConfigValue value = node switch
        {
            Scalar => YamlScalars.Resolve(parser.Consume<Scalar>(), name),
            SequenceStart => ReadList(parser, depth),
            MappingStart => ReadMap(parser, depth),
            _ => throw new ConfigException($"{name}: unexpected YAML content."),
        };
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor.Value] = value;
        }

        return value;
    }

    private ConfigValue.List ReadList(Parser parser, int depth)
    {
        RefuseTag(parser.Consume<SequenceStart>(), "tag:yaml.org,2002:seq");
        var items = new List<ConfigValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(parser, depth + 1));
        }

        return new ConfigValue.List(items);
    }

    private ConfigValue.Map ReadMap(Parser parser, int depth)
    {
        RefuseTag(parser.Consume<MappingStart>(), "tag:yaml.org,2002:map");
        var merged = new ConfigMapBuilder();
        var own = new ConfigMapBuilder();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var isMerge = parser.Accept<Scalar>(out var scalar) && scalar is { Value: "<<", Style: ScalarStyle.Plain };
            var line = parser.Current?.Start.Line;
            var key = ReadNode(parser, depth + 1);
            var value = ReadNode(parser, depth + 1);
            if (isMerge)
            {
                Merge(merged, value, line);
            }
            else if (key is ConfigValue.List or ConfigValue.Map)
            {
                throw new ConfigException($"{name}, line {line}: a list or dictionary cannot be a key.");
            }
            else
            {
                own.Set(key, value);
            }
        }

        merged.AddAll(own.Build());
        return merged.Build();
    }

    // Of several merged maps the first one that has a key counts, so later ones are laid under it.
    private void Merge(ConfigMapBuilder target, ConfigValue value, long? line)
    {
        var maps = value is ConfigValue.List list ? list.Items : [value];
        foreach (var map in maps.Reverse())
        {
            target.AddAll(map as ConfigValue.Map ?? throw new ConfigException($"{name}, line {line}: '<<' merges dictionaries only."));
        }
    }

    private void Count(long values)
    {
        _values += values;
        if (_values > limits.Values)
        {
            throw new ConfigException($"{name} has more than {limits.Values} values, aliases counted each time.");
        }
    }

    private void RefuseTag(NodeEvent node, string expected)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && node.Tag.Value != expected)
        {
            throw new ConfigException($"{name}, line {node.Start.Line}: the tag {node.Tag} is not supported; only plain values are read.");
        }
    }
}
