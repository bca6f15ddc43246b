using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Workflows;

/// <summary>An engine that a workflow runs.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Engine">Its description in the config; its id says where.</param>
public sealed record WorkflowStep(WorkflowKind Kind, ConfigValue.Component Engine);
