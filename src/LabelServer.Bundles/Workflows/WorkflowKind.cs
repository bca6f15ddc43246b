namespace LabelServer.Bundles.Workflows;

/// <summary>What a step of a workflow does.</summary>
public enum WorkflowKind
{
    /// <summary>A <c>SupervisedTrainer</c> runs.</summary>
    Training,

    /// <summary>A <c>SupervisedEvaluator</c> runs: scores when it has metrics, files when its chain saves images.</summary>
    Evaluation,
}
