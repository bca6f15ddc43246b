namespace LabelServer.Learning.Optimisers;

/// <summary>What an optimiser remembers between steps, by parameter name, in plain arrays: written beside a checkpoint so that an interrupted run goes on with the same numbers.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Slots">For each slot, such as <c>exp_avg</c>, the values of each parameter that has been updated.</param>
public sealed record OptimiserState(long Steps, IReadOnlyDictionary<string, IReadOnlyDictionary<string, float[]>> Slots);
