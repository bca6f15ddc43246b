namespace LabelServer.Learning.Training;

/// <summary>An image with its label.</summary>
/// <param name="Id">What messages and metrics call it.</param>
/// <param name="ImagePath">The image's file.</param>
/// <param name="LabelPath">The label's file, on the same grid.</param>
/// <param name="LabelNames">
/// What the label's values mean, value → name (0 is always background). Names are matched with the bundle's; a class of the bundle that is not listed was not annotated.
/// Null: values are the network's channels and every class was annotated.
/// </param>
public sealed record TrainingItem(string Id, string ImagePath, string LabelPath, IReadOnlyDictionary<int, string>? LabelNames = null);
