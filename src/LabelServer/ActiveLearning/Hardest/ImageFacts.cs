using LabelServer.Proposals;

namespace LabelServer.ActiveLearning.Hardest;

/// <summary>What is known of an image that has a proposal of a model, a final label, or both. Structures are the same in upper and lower case.</summary>
/// <param name="ImageId">The image.</param>
internal sealed record ImageFacts(string ImageId)
{
    /// <summary>Structure of the model to mm³ in the proposal, 0 for one that it lacks; null when there is no proposal.</summary>
    public IReadOnlyDictionary<string, double>? Proposed { get; init; }

    /// <summary>The <see cref="Models.WeightsState"/> of each of the model's files when the proposal was made; empty when that is not known.</summary>
    public IReadOnlyList<string> Weights { get; init; } = [];

    /// <summary>Structure that the annotator knows to mm³ in the final label; null when there is no label, empty when nobody said what its values mean.</summary>
    public IReadOnlyDictionary<string, double>? Corrected { get; init; }

    /// <summary>The mean Dice between proposal and final label; null unless there are both, with a structure in common.</summary>
    public double? Dice { get; init; }

    /// <summary>What passes with dropout last said; null when it was not measured so.</summary>
    public ImageUncertainty? Dropout { get; init; }

    /// <summary>What mirrored passes last said; null when it was not measured so.</summary>
    public ImageUncertainty? Mirrored { get; init; }
}
