using LabelServer.Bundles.Config;

namespace LabelServer.Learning.Evaluation;

/// <summary>What is to be evaluated or inferred: an evaluator of a bundle's config.</summary>
public sealed record EvaluationRequest
{
    /// <summary>The bundle's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Full paths of the config files that are merged, in order.</summary>
    public required IReadOnlyList<string> ConfigFiles { get; init; }

    /// <summary>Overrides of config ids.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Overrides { get; init; } = [];

    /// <summary>Folders that the config's expressions may look into, beside the bundle's.</summary>
    public IReadOnlyList<string> DataFolders { get; init; } = [];

    /// <summary>Where the evaluator stands in the config, such as <c>validate#evaluator</c>.</summary>
    public required string EvaluatorId { get; init; }

    /// <summary>The full path of the weights; null when the config's network is itself a file (TorchScript).</summary>
    public string? WeightsFile { get; init; }
}
