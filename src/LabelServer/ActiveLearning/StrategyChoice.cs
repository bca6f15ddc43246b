using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>The image that a strategy chose.</summary>
/// <param name="Image">The image.</param>
/// <param name="Extras">What the strategy adds to the answer, such as <c>weight</c>.</param>
public sealed record StrategyChoice(ImageEntry Image, InfoDocument Extras);
