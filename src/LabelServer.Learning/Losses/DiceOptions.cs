namespace LabelServer.Learning.Losses;

/// <summary>Options of <see cref="DiceLoss"/>.</summary>
public sealed record DiceOptions : OverlapOptions
{
    /// <summary>Whether the Jaccard index (soft intersection over union) is taken instead of Dice (jaccard). Default false.</summary>
    public bool Jaccard { get; init; }

    /// <summary>One weight per class that counts, or one for all; null for none (weight). Not negative.</summary>
    public IReadOnlyList<double>? Weights { get; init; }
}
