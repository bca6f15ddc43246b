namespace LabelServer.Bundles.Config;

/// <summary>What a <see cref="ConfigValue.Symbol"/> stands for.</summary>
public static class SymbolKinds
{
    /// <summary>A sample type: <c>torch.float32</c>, <c>numpy.uint8</c>. The name is the canonical one: <c>np.float32</c> is <c>numpy.float32</c>, <c>torch.long</c> is <c>torch.int64</c>.</summary>
    public const string Dtype = "dtype";

    /// <summary>A device; the name is <c>cpu</c>, <c>cuda:0</c>, …</summary>
    public const string Device = "device";

    /// <summary>A function, class or module by its full dotted name: <c>monai.data.list_data_collate</c>.</summary>
    public const string Name = "symbol";

    /// <summary>An attribute of an object that would have to be built: <c>@network.module</c>.</summary>
    public const string Attribute = "attribute";

    /// <summary>A call that is described but not made: <c>monai.handlers.from_engine(['pred'])</c>, <c>@evaluator.run()</c>. The name is the callee as written, with the full module name where it is imported.</summary>
    public const string Call = "call";

    /// <summary>An item or slice of an object that would have to be built: <c>@checkpoint['scale_factor']</c>.</summary>
    public const string Item = "item";

    /// <summary>Any other expression over such objects; the name is its text.</summary>
    public const string Expression = "expression";

    /// <summary>A <c>lambda</c>; the name is its text.</summary>
    public const string Lambda = "lambda";

    /// <summary>An import statement; the name is its text.</summary>
    public const string Import = "import";

    /// <summary>An expression that is refused or cannot be evaluated; the name is its text and the reason stands in <see cref="ConfigResolver.Unsupported"/>.</summary>
    public const string Unsupported = "unsupported";
}
