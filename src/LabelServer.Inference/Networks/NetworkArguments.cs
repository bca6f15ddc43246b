using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Networks;

/// <summary>Reads the arguments of a network definition; what is not asked for is refused at the end.</summary>
internal sealed class NetworkArguments(ConfigValue.Component definition)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>A whole number.</summary>
    public int Integer(string name, int otherwise) => Find(name) switch
    {
        null => otherwise,
        ConfigValue.Integer { Value: >= int.MinValue and <= int.MaxValue } value => (int)value.Value,
        var other => throw Wrong(name, other, "a whole number"),
    };

    /// <summary>A number, or null for none.</summary>
    public double? RealOrNone(string name) => Find(name) switch
    {
        null or ConfigValue.Null => null,
        ConfigValue.Real value => value.Value,
        ConfigValue.Integer value => value.Value,
        var other => throw Wrong(name, other, "a number or none"),
    };

    /// <summary>A share from 0 to 1, or null for none.</summary>
    public double? ShareOrNone(string name) => RealOrNone(name) is { } share && !(share >= 0 && share <= 1) ? throw Wrong(name, Find(name)!, "from 0 to 1") : RealOrNone(name);

    /// <summary>The number of spatial axes, 2 or 3.</summary>
    public int SpatialDims(int otherwise = 3, string name = "spatial_dims") =>
        Integer(name, otherwise) is var dimensions and (2 or 3) ? dimensions : throw Wrong(name, Find(name) ?? new ConfigValue.Integer(otherwise), "2 or 3");

    /// <summary>A truth value.</summary>
    public bool Boolean(string name, bool otherwise) => Find(name) switch
    {
        null => otherwise,
        ConfigValue.Boolean value => value.Value,
        var other => throw Wrong(name, other, "true or false"),
    };

    /// <summary>Text.</summary>
    public string Text(string name, string otherwise) => Find(name) switch
    {
        null => otherwise,
        ConfigValue.Text value => value.Value,
        var other => throw Wrong(name, other, "text"),
    };

    /// <summary>A list of numbers, each of which may be none; empty where there is no list.</summary>
    public IReadOnlyList<double?> Reals(string name) => Find(name) switch
    {
        null or ConfigValue.Null => [],
        ConfigValue.List list when list.Items.All(i => i is ConfigValue.Real or ConfigValue.Integer or ConfigValue.Null) =>
            [.. list.Items.Select(i => i switch { ConfigValue.Real real => real.Value, ConfigValue.Integer integer => integer.Value, _ => (double?)null })],
        var other => throw Wrong(name, other, "a list of numbers"),
    };

    /// <summary>A list of shares from 0 to 1, each of which may be none; empty where there is no list.</summary>
    public IReadOnlyList<double?> Shares(string name) =>
        Reals(name) is var shares && shares.All(s => s is null or (>= 0 and <= 1)) ? shares : throw Wrong(name, Find(name)!, "a list of numbers from 0 to 1");

    /// <summary>A list of whole numbers.</summary>
    public IReadOnlyList<int> Integers(string name, IReadOnlyList<int> otherwise) => Find(name) switch
    {
        null or ConfigValue.Null => otherwise,
        ConfigValue.List list when list.Items.All(i => i is ConfigValue.Integer { Value: >= 0 and <= int.MaxValue }) => [.. list.Items.Select(i => (int)((ConfigValue.Integer)i).Value)],
        var other => throw Wrong(name, other, "a list of whole numbers"),
    };

    /// <summary>A size along each axis: one number for all of them, or one for each.</summary>
    public int[] Size(string name, int dimensions, int otherwise) => Find(name) is { } value ? ToSize(name, value, dimensions) : ToSize(name, new ConfigValue.Integer(otherwise), dimensions);

    /// <summary>As <see cref="Size"/>, of a kernel that must have a middle: with an even one a level would not have the size of the skip connection that it meets.</summary>
    public int[] OddSize(string name, int dimensions, int otherwise) =>
        Size(name, dimensions, otherwise) is var size && size.All(n => n % 2 == 1) ? size : throw Wrong(name, Find(name) ?? new ConfigValue.Integer(otherwise), "odd along each axis");

    /// <summary>A list of sizes along each axis.</summary>
    public IReadOnlyList<int[]> Sizes(string name, int dimensions) => Find(name) switch
    {
        null => [],
        ConfigValue.List list => [.. list.Items.Select(i => ToSize(name, i, dimensions))],
        var other => throw Wrong(name, other, "a list of whole numbers or of lists of them"),
    };

    /// <summary>A layer with its arguments.</summary>
    public LayerSpec Layer(string name, LayerSpec otherwise) => Find(name) is { } value ? LayerSpec.Read(value, $"{definition.Id}#{name}") : otherwise;

    /// <summary>One of several words.</summary>
    public T Word<T>(string name, T otherwise, IReadOnlyDictionary<string, T> words) => Find(name) switch
    {
        null => otherwise,
        ConfigValue.Text text when words.TryGetValue(text.Value, out var value) => value,
        var other => throw Wrong(name, other, string.Join(" or ", words.Keys)),
    };

    /// <summary>Refuses arguments that were not read.</summary>
    /// <exception cref="NetworkUnsupportedException">There are some; the message lists them.</exception>
    public void RefuseOthers()
    {
        var others = definition.Arguments.Select(a => a.Key).Where(k => !_read.Contains(k)).ToList();
        if (others.Count > 0)
        {
            throw new NetworkUnsupportedException($"{definition.Id} ({definition.Target}): not supported: {string.Join(", ", others)}; supported: {string.Join(", ", _read)}.");
        }
    }

    private int[] ToSize(string name, ConfigValue value, int dimensions) => value switch
    {
        ConfigValue.Integer { Value: > 0 and <= int.MaxValue } one => [.. Enumerable.Repeat((int)one.Value, dimensions)],
        ConfigValue.List list when list.Items.Count == dimensions && list.Items.All(i => i is ConfigValue.Integer { Value: > 0 and <= int.MaxValue }) => [.. list.Items.Select(i => (int)((ConfigValue.Integer)i).Value)],
        _ => throw Wrong(name, value, FormattableString.Invariant($"a whole number or a list of {dimensions} of them")),
    };

    private ConfigValue? Find(string name)
    {
        _read.Add(name);
        return definition.Arguments.FirstOrDefault(a => a.Key == name).Value;
    }

    private NetworkUnsupportedException Wrong(string name, ConfigValue value, string expected) =>
        new($"{definition.Id} ({definition.Target}): '{name}' is {value}; it must be {expected}.");
}
