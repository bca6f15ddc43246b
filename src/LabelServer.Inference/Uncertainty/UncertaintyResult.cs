namespace LabelServer.Inference.Uncertainty;

/// <summary>What repeated predictions of one image say about it, without any label.</summary>
/// <param name="Entropy">The mean over voxels of the entropy of the mean prediction, in nats, the background left out; see <see cref="PredictionSpread.Entropy"/>.</param>
/// <param name="Variance">The mean over voxels of the variance between the predictions; see <see cref="PredictionSpread.Variance"/>.</param>
/// <param name="Volumes">For each class (0 is the background; for one class with a sigmoid, 0 is "no" and 1 "yes"): mm³ in which it is the likeliest in the mean prediction.</param>
/// <param name="Features">The mean over windows and repetitions of the features that the network's encoder ends in; empty when the network does not show them.</param>
/// <param name="Repetitions">Predictions that were made of each window.</param>
public sealed record UncertaintyResult(double Entropy, double Variance, IReadOnlyList<double> Volumes, IReadOnlyList<double> Features, int Repetitions);
