namespace LabelServer.Bundles.History;

/// <summary>An entry of a weights file's history.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Published">When.</param>
/// <param name="Info">What its training knew of it; null for weights that were not trained here.</param>
public sealed record WeightsVersion(int Version, DateTimeOffset Published, PublishedWeights? Info)
{
    /// <summary>Whether these weights were trained here and never validated.</summary>
    public bool IsNotValidated => Info is { MeanDice: null };
}
