using System.Text.Json;
using LabelServer.Datastore;

namespace LabelServer.ActiveLearning.Hardest;

/// <summary>The image whose proposal is expected to need most correction: lowest predicted Dice, as the scoring <c>hardest</c> last found it.</summary>
/// <remarks>Images without a prediction (no proposal yet, or too few corrected ones to learn from) come after those with one; among them those about which a model is least certain come first.</remarks>
internal sealed class HardestStrategy : IStrategy
{
    /// <summary>The key of an image's info that holds the prediction.</summary>
    public const string PredictionKey = "predicted_dice";

    /// <inheritdoc/>
    public string Name => "hardest";

    /// <inheritdoc/>
    public string Description => "Images whose proposal is expected to need most correction: the Dice between proposal and final label, predicted from what is known without a label; see the scoring of this name";

    /// <inheritdoc/>
    public StrategyChoice Choose(IReadOnlyList<ImageEntry> candidates, long now)
    {
        // Entropies of the two ways of measuring are of different sizes: one of them orders all.
        var entropy = candidates.Count(c => Number(c, ScoreKeys.MirroredEntropy) is not null) > candidates.Count(c => Number(c, ScoreKeys.Entropy) is not null) ? ScoreKeys.MirroredEntropy : ScoreKeys.Entropy;
        var chosen = candidates.OrderBy(c => Number(c, PredictionKey) ?? double.PositiveInfinity).ThenByDescending(c => Number(c, entropy) ?? 0).First();
        return new(chosen, chosen.Info.TryGet(PredictionKey, out var predicted) ? InfoDocument.Empty.With(PredictionKey, predicted) : InfoDocument.Empty);
    }

    private static double? Number(ImageEntry image, string key) => image.Info.TryGet(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;
}
