namespace LabelServer.Inference.Transforms;

/// <summary>A chain of transforms cannot be built from a bundle's config. Lists every problem, not only the first.</summary>
public sealed class TransformConfigException : InferenceException
{
    /// <summary>Creates the exception from all problems found.</summary>
    public TransformConfigException(IReadOnlyList<TransformProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Every problem, in the order of the chain.</summary>
    public IReadOnlyList<TransformProblem> Problems { get; }
}
