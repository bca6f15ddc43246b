namespace LabelServer.ActiveLearning;

/// <summary>There is no active learning strategy of that name. HTTP status 404.</summary>
public sealed class StrategyUnknownException(string message) : Exception(message);
