namespace LabelServer.ActiveLearning;

/// <summary>The keys of an image's info under which scores are kept; the first two and the last are the original's.</summary>
internal static class ScoreKeys
{
    /// <summary>Entropy by Monte-Carlo dropout.</summary>
    public const string Entropy = "epistemic_entropy";

    /// <summary>The time of the weights that <see cref="Entropy"/> was measured with, in seconds since 1970 UTC.</summary>
    public const string EntropyTime = "epistemic_ts";

    /// <summary>Entropy by test-time augmentation.</summary>
    public const string MirroredEntropy = "tta_entropy";

    /// <summary>The time of the weights that <see cref="MirroredEntropy"/> was measured with.</summary>
    public const string MirroredTime = "tta_ts";

    /// <summary>The Dice score between proposal and submitted label.</summary>
    public const string Dice = "dice";
}
