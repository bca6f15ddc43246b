using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>Decides which image an annotator gets next. Chosen by <see cref="Name"/>.</summary>
public interface IStrategy
{
    /// <summary>The name in <c>/activelearning/{name}</c> and <c>/info/</c>.</summary>
    string Name { get; }

    /// <summary>One sentence for clients.</summary>
    string Description { get; }

    /// <summary>Chooses one of the candidates.</summary>
    /// <param name="candidates">At least one image without a final label, in ordinal order of the ids.</param>
    /// <param name="now">Seconds since 1970 UTC.</param>
    StrategyChoice Choose(IReadOnlyList<ImageEntry> candidates, long now);
}
