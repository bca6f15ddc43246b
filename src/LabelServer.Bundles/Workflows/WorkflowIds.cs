namespace LabelServer.Bundles.Workflows;

/// <summary>Which ids of a config are run.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/bundle/workflows.py (ConfigWorkflow).</remarks>
/// <param name="Run">What is run; must be there.</param>
/// <param name="Initialize">What is done before; may be missing.</param>
/// <param name="Finalize">What is done afterwards; may be missing.</param>
public sealed record WorkflowIds(string Run = "run", string Initialize = "initialize", string Finalize = "finalize");
