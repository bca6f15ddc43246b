namespace LabelServer.Learning.Training;

/// <summary>Scores of a validation.</summary>
/// <param name="MeanDice">The mean over images of the mean over classes, without background; NaN when no class is there.</param>
/// <param name="DicePerClass">For each class from 1 on, the mean over the images that have it; NaN where none has.</param>
/// <param name="DicePerImage">For each image its id and the Dice of each class.</param>
public sealed record ValidationResult(double MeanDice, IReadOnlyList<double> DicePerClass, IReadOnlyList<KeyValuePair<string, IReadOnlyList<double>>> DicePerImage);
