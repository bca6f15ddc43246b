using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Workflows;

/// <summary>What <c>monai.bundle run</c> would do with a config, as data.</summary>
public sealed record Workflow
{
    /// <summary>The engines that run, in order; at least one.</summary>
    public required IReadOnlyList<WorkflowStep> Steps { get; init; }

    /// <summary>The <c>CheckpointLoader</c>s that are applied before the first engine runs, such as <c>@checkpointloader(@evaluator)</c>.</summary>
    public IReadOnlyList<ConfigValue.Component> Loaders { get; init; } = [];

    /// <summary>The seed of <c>monai.utils.set_determinism</c>, or null when the config sets none.</summary>
    public long? Seed { get; init; }
}
