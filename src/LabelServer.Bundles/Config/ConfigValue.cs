namespace LabelServer.Bundles.Config;

/// <summary>A value of a bundle's config after references, macros and expressions are resolved. Data only: a component is described, never built here.</summary>
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

    /// <summary>A list or tuple.</summary>
    public sealed record List(IReadOnlyList<ConfigValue> Items, bool IsTuple = false) : ConfigValue;

    /// <summary>A dictionary in its written order.</summary>
    public sealed record Map(IReadOnlyList<KeyValuePair<ConfigValue, ConfigValue>> Items) : ConfigValue;

    /// <summary>A component: a <c>_target_</c> with its arguments. Which C# type it becomes is for a registry to say.</summary>
    /// <param name="Id">Where it stands in the config, such as <c>preprocessing#transforms#0</c>; for messages.</param>
    /// <param name="Target">The target as written, such as <c>SegResNet</c> or <c>monai.transforms.LoadImaged</c>.</param>
    /// <param name="Arguments">Arguments in written order, without the keys that start and end with an underscore.</param>
    public sealed record Component(string Id, string Target, IReadOnlyList<KeyValuePair<string, ConfigValue>> Arguments) : ConfigValue;

    /// <summary>Something that has a name in Python but no plain value: <c>torch.float32</c>, <c>numpy.uint8</c>, a device, a bound method, an object that a component would be.</summary>
    /// <param name="Kind">What it is: <c>dtype</c>, <c>device</c>, <c>symbol</c>, <c>call</c>, …</param>
    /// <param name="Name">Its name or its expression, for a registry to interpret.</param>
    public sealed record Symbol(string Kind, string Name) : ConfigValue;
}
