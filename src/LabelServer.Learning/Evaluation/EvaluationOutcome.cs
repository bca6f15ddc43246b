namespace LabelServer.Learning.Evaluation;

/// <summary>How an evaluation ended.</summary>
/// <param name="Images">Images done.</param>
/// <param name="Metrics">The value of each metric over all images; NaN when no image has a score.</param>
public sealed record EvaluationOutcome(int Images, IReadOnlyList<KeyValuePair<string, double>> Metrics);
