using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>The image with the smallest id.</summary>
internal sealed class FirstStrategy : IStrategy
{
    /// <inheritdoc/>
    public string Name => "first";

    /// <inheritdoc/>
    public string Description => "Get First Sample";

    /// <inheritdoc/>
    public StrategyChoice Choose(IReadOnlyList<ImageEntry> candidates, long now) => new(candidates.MinBy(c => c.Id, StringComparer.Ordinal)!, InfoDocument.Empty);
}
