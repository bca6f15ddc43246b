using System.Collections.Frozen;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Names of libraries that stand for a value: sample types, constants, MONAI's enumerations. Every other dotted name is a symbol.</summary>
/// <remarks>Sources: https://pytorch.org/docs/stable/tensor_attributes.html (dtype), https://numpy.org/doc/stable/user/basics.types.html, MONAI monai/utils/enums.py.</remarks>
internal static class KnownNames
{
    // Members are the upper-case form of their value unless written otherwise.
    private static readonly (string Type, string Members)[] Enumerations =
    [
        ("CommonKeys", "image label pred loss METADATA=metadata"),
        ("GridSampleMode", "nearest bilinear bicubic"),
        ("GridSamplePadMode", "zeros border reflection"),
        ("InterpolateMode", "nearest nearest-exact linear bilinear bicubic trilinear area"),
        ("UpsampleMode", "deconv deconvgroup nontrainable pixelshuffle"),
        ("BlendMode", "constant gaussian"),
        ("NumpyPadMode", "constant edge linear_ramp maximum mean median minimum reflect symmetric wrap empty"),
        ("PytorchPadMode", "constant reflect replicate circular"),
        ("Method", "symmetric end"),
        ("LossReduction", "none mean sum"),
        ("MetricReduction", "none mean sum mean_batch sum_batch mean_channel sum_channel"),
        ("Average", "macro weighted micro none"),
        ("Weight", "square simple uniform"),
    ];

    private static readonly FrozenSet<string> Modules = new[] { "monai", "torch", "np", "numpy", "os", "glob", "math" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Dtypes = MakeDtypes().ToFrozenDictionary();

    private static readonly FrozenDictionary<string, ConfigValue> Constants = MakeConstants().ToFrozenDictionary();

    public static bool IsModule(string name) => Modules.Contains(name);

    public static string Canonical(string name)
    {
        var end = name.IndexOf('.', StringComparison.Ordinal);
        var root = end < 0 ? name : name[..end];
        return root == "np" ? "numpy" + name[root.Length..] : name;
    }

    /// <summary>The value of a full dotted name, or the symbol with that name.</summary>
    public static ConfigValue Resolve(string name)
    {
        name = Canonical(name);
        return Dtypes.TryGetValue(name, out var dtype) ? new ConfigValue.Symbol(SymbolKinds.Dtype, dtype)
            : Constants.TryGetValue(name, out var constant) ? constant
            : new ConfigValue.Symbol(SymbolKinds.Name, name);
    }

    /// <summary><c>torch.device('cuda:0')</c>, <c>torch.device('cuda', 0)</c>; null when an argument is not plain.</summary>
    public static ConfigValue? Device(IReadOnlyList<ConfigValue> arguments, IReadOnlyList<KeyValuePair<string, ConfigValue>> keywords)
    {
        if (keywords.Count > 0 || arguments.Any(a => a is ConfigValue.Component or ConfigValue.Symbol { Kind: not SymbolKinds.Device }))
        {
            return null;
        }

        return arguments switch
        {
            [ConfigValue.Symbol device] => device,
            [ConfigValue.Text text] => new ConfigValue.Symbol(SymbolKinds.Device, text.Value),
            [ConfigValue.Integer index] => new ConfigValue.Symbol(SymbolKinds.Device, $"cuda:{index.Value}"),
            [ConfigValue.Text text, ConfigValue.Integer index] => new ConfigValue.Symbol(SymbolKinds.Device, $"{text.Value}:{index.Value}"),
            _ => throw new ExpressionException("torch.device takes a name such as 'cuda:0' or a name and a number"),
        };
    }

    private static Dictionary<string, string> MakeDtypes()
    {
        var names = new Dictionary<string, string>();
        foreach (var name in (string[])["float32", "float64", "float16", "bfloat16", "uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64", "bool", "complex64", "complex128"])
        {
            names["torch." + name] = "torch." + name;
            if (name != "bfloat16")
            {
                names["numpy." + name] = "numpy." + name;
            }
        }

        foreach (var (name, canonical) in ((string, string)[])[("float", "float32"), ("double", "float64"), ("half", "float16"), ("short", "int16"), ("int", "int32"), ("long", "int64")])
        {
            names["torch." + name] = "torch." + canonical;
        }

        foreach (var (name, canonical) in ((string, string)[])[("single", "float32"), ("double", "float64"), ("half", "float16"), ("float_", "float64"), ("bool_", "bool"), ("ubyte", "uint8"), ("byte", "int8"), ("short", "int16"), ("ushort", "uint16"), ("intc", "int32"), ("longlong", "int64")])
        {
            names["numpy." + name] = "numpy." + canonical;
        }

        return names;
    }

    private static Dictionary<string, ConfigValue> MakeConstants()
    {
        var values = new Dictionary<string, ConfigValue> { ["os.sep"] = new ConfigValue.Text("/"), ["os.path.sep"] = new ConfigValue.Text("/"), ["numpy.newaxis"] = ConfigValue.Null.Instance };
        foreach (var module in (string[])["math", "numpy", "torch"])
        {
            values[module + ".pi"] = new ConfigValue.Real(Math.PI);
            values[module + ".e"] = new ConfigValue.Real(Math.E);
            values[module + ".inf"] = new ConfigValue.Real(double.PositiveInfinity);
            values[module + ".nan"] = new ConfigValue.Real(double.NaN);
        }

        values["math.tau"] = new ConfigValue.Real(Math.Tau);
        foreach (var (type, members) in Enumerations)
        {
            foreach (var member in members.Split(' '))
            {
                var (name, value) = member.Split('=') is [var n, var v] ? (n, v) : (member.ToUpperInvariant().Replace('-', '_'), member);
                values[$"monai.utils.{type}.{name}"] = values[$"monai.utils.enums.{type}.{name}"] = new ConfigValue.Text(value);
            }
        }

        return values;
    }
}
