namespace LabelServer.Learning.Training;

/// <summary>An entry of a model's history.</summary>
/// <param name="Version">Its number; 0 is what was there before the first training.</param>
/// <param name="Published">When.</param>
/// <param name="Info">What the training knew of it; null for version 0.</param>
public sealed record WeightsVersion(int Version, DateTimeOffset Published, PublishedWeights? Info);
