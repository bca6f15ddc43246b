namespace LabelServer.Bundles.History;

/// <summary>What is known of published weights; kept in the history beside them.</summary>
/// <param name="Epoch">The epoch that made them.</param>
/// <param name="MeanDice">Their validation score; null: not validated.</param>
/// <param name="DicePerClass">Dice of each class from 1 on; empty when not validated.</param>
/// <param name="TrainingImages">Images trained on.</param>
/// <param name="ValidationImages">Images validated on.</param>
public sealed record PublishedWeights(int Epoch, double? MeanDice, IReadOnlyList<double> DicePerClass, int TrainingImages, int ValidationImages);
