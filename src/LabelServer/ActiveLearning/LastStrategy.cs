using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>The image with the largest id.</summary>
internal sealed class LastStrategy : IStrategy
{
    /// <inheritdoc/>
    public string Name => "last";

    /// <inheritdoc/>
    public string Description => "Get Last Sample";

    /// <inheritdoc/>
    public StrategyChoice Choose(IReadOnlyList<ImageEntry> candidates, long now) => new(candidates.MaxBy(c => c.Id, StringComparer.Ordinal)!, InfoDocument.Empty);
}
