namespace LabelServer.Bundles.Config;

/// <summary>A value of a bundle's config. Before resolving: null, truth values, numbers, text (which may be a reference, macro or expression), lists and maps.
/// After resolving also components and symbols. Data only: a component is described, never built here.</summary>
public abstract record ConfigValue
{
    private protected ConfigValue()
    {
    }

    /// <summary>JSON <c>null</c>, Python <c>None</c>.</summary>
    public sealed record Null : ConfigValue
    {
        private Null()
        {
        }

        /// <summary>The only instance.</summary>
        public static Null Instance { get; } = new();
    }

    /// <summary>A truth value.</summary>
    public sealed record Boolean(bool Value) : ConfigValue;

    /// <summary>A whole number; Python keeps whole and real numbers apart, and so do transforms.</summary>
    public sealed record Integer(long Value) : ConfigValue;

    /// <summary>A real number; may be NaN or infinite.</summary>
    public sealed record Real(double Value) : ConfigValue;

    /// <summary>Text.</summary>
    public sealed record Text(string Value) : ConfigValue;

    /// <summary>A list or tuple. What Python would give as a set, range, generator, <c>zip</c> and the like is a list here.</summary>
    public sealed record List(IReadOnlyList<ConfigValue> Items, bool IsTuple = false) : ConfigValue;

    /// <summary>A dictionary in its written order.</summary>
    public sealed record Map(IReadOnlyList<KeyValuePair<ConfigValue, ConfigValue>> Items) : ConfigValue
    {
        /// <summary>The value under a text key, or null when there is none.</summary>
        public ConfigValue? Find(string key)
        {
            foreach (var item in Items)
            {
                if (item.Key is Text text && text.Value == key)
                {
                    return item.Value;
                }
            }

            return null;
        }
    }

    /// <summary>A component: a <c>_target_</c> with its arguments. Which C# type it becomes is for a registry to say.</summary>
    /// <param name="Id">Where it stands in the config, such as <c>preprocessing::transforms::0</c>; for messages.</param>
    /// <param name="Target">The target as written, such as <c>SegResNet</c> or <c>monai.transforms.LoadImaged</c>.</param>
    /// <param name="Arguments">Arguments in written order, without <c>_target_</c>, <c>_disabled_</c>, <c>_requires_</c>, <c>_desc_</c> and <c>_mode_</c>.</param>
    public sealed record Component(string Id, string Target, IReadOnlyList<KeyValuePair<string, ConfigValue>> Arguments) : ConfigValue
    {
        /// <summary>The text of <c>_mode_</c>: <c>default</c> (call the target), <c>callable</c> (the target itself, with its arguments bound) or <c>debug</c>.</summary>
        public string Mode { get; init; } = "default";

        /// <summary>The argument of that name, or null when it is not written.</summary>
        public ConfigValue? Argument(string name)
        {
            foreach (var argument in Arguments)
            {
                if (argument.Key == name)
                {
                    return argument.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Something that has a name in Python but no plain value: <c>torch.float32</c>, <c>numpy.uint8</c>, a device, a bound method, an object that a component would be. Never executed.</summary>
    /// <param name="Kind">What it is, see <see cref="SymbolKinds"/>.</param>
    /// <param name="Name">Its name or its expression, for a registry to interpret.</param>
    public sealed record Symbol(string Kind, string Name) : ConfigValue
    {
        /// <summary>What it is taken from: for <c>@network_def.to(@device)</c> the component <c>network_def</c>; for <c>@a[0]</c> what <c>@a</c> is. Null when there is none.</summary>
        public ConfigValue? Receiver { get; init; }

        /// <summary>For a call: the arguments by position.</summary>
        public IReadOnlyList<ConfigValue> Arguments { get; init; } = [];

        /// <summary>For a call: the arguments by name.</summary>
        public IReadOnlyList<KeyValuePair<string, ConfigValue>> Keywords { get; init; } = [];
    }
}
