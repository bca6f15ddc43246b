namespace LabelServer.Learning.Training;

/// <summary>How a run ended.</summary>
/// <param name="Epochs">Epochs done, restarts included.</param>
/// <param name="StoppedEarly">Whether it ended because validation had stopped getting better.</param>
/// <param name="BestMeanDice">The best validation; null without any.</param>
/// <param name="BestEpoch">Its epoch; 0 without any.</param>
/// <param name="Losses">The mean loss of each epoch.</param>
public sealed record TrainingOutcome(int Epochs, bool StoppedEarly, double? BestMeanDice, int BestEpoch, IReadOnlyList<double> Losses);
