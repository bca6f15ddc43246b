namespace LabelServer.Inference.Pipelines;

/// <summary>How far an inference is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Windows done; 0 before the network.</param>
/// <param name="Total">Windows in all; 0 while it is not known.</param>
/// <param name="Fraction">An estimate for a progress bar, 0 to 1, never falling.</param>
public sealed record InferenceProgress(InferenceStage Stage, int Done, int Total, double Fraction);
