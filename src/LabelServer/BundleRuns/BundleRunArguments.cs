using LabelServer.Bundles.Config;
using LabelServer.Bundles.Workflows;

namespace LabelServer.BundleRuns;

/// <summary>The arguments of <c>labelserver bundle run</c>, as written.</summary>
internal sealed record BundleRunArguments
{
    /// <summary>What is run.</summary>
    public WorkflowIds Ids { get; init; } = new();

    /// <summary>The bundle's folder or its name in <c>models</c>; null: where the first config file lies, or the working directory.</summary>
    public string? Bundle { get; init; }

    /// <summary>Files whose content becomes <c>_meta_</c>.</summary>
    public IReadOnlyList<string> MetaFiles { get; init; } = [];

    /// <summary>Config files, merged in order; at least one.</summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary>A file of Python's logging, of which the levels count.</summary>
    public string? LoggingFile { get; init; }

    /// <summary>Config ids and their values, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Overrides { get; init; } = [];
}
