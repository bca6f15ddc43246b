namespace LabelServer.Training;

/// <summary>What a training works on.</summary>
/// <param name="Training">The images to train on.</param>
/// <param name="Validation">The images to validate on; null: those that the bundle's config names.</param>
/// <param name="Notices">What was left out and why, for people.</param>
internal sealed record TrainingSet(IReadOnlyList<TrainingImage> Training, IReadOnlyList<TrainingImage>? Validation, IReadOnlyList<string> Notices);
