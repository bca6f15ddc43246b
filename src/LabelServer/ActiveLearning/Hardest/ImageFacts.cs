namespace LabelServer.ActiveLearning.Hardest;

/// <summary>What is known of an image with a proposal.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Entropy">The mean entropy of its prediction; null when it was not measured.</param>
/// <param name="Volumes">Structure to mm³ in the proposal.</param>
/// <param name="Features">Pooled features of the network; may be empty.</param>
/// <param name="Corrected">Structure to mm³ in the final label; null when there is none.</param>
/// <param name="Dice">The mean Dice between proposal and final label; null when there is none.</param>
internal sealed record ImageFacts(string ImageId, double? Entropy, IReadOnlyDictionary<string, double> Volumes, IReadOnlyList<double> Features, IReadOnlyDictionary<string, double>? Corrected, double? Dice);
