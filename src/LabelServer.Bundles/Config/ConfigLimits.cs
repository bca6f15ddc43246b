namespace LabelServer.Bundles.Config;

/// <summary>Bounds for reading and resolving config documents, so that a hostile one costs bounded memory and time.</summary>
/// <remarks>The largest config of MONAI's model zoo has 60 kB, 2000 values and 12 levels.</remarks>
public sealed record ConfigLimits
{
    /// <summary>The bounds used when none are given.</summary>
    public static ConfigLimits Default { get; } = new();

    /// <summary>Largest config file in bytes. Default 4 MiB.</summary>
    public int FileBytes { get; init; } = 4 << 20;

    /// <summary>Most levels of lists and dictionaries in a file, and of references and macros that lead to each other. Default 64.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Most values in a document, and in a resolved value when every reference is written out. Default 500 000.</summary>
    public int Values { get; init; } = 500_000;
}
