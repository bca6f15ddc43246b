namespace LabelServer.Learning.Losses;

/// <summary>How generalised Dice weighs a class by its number v of target voxels (w_type).</summary>
public enum GeneralizedDiceWeighting
{
    /// <summary>1 / v².</summary>
    Square,

    /// <summary>1 / v.</summary>
    Simple,

    /// <summary>1.</summary>
    Uniform,
}

/// <summary>Options of <see cref="GeneralizedDiceLoss"/>.</summary>
public sealed record GeneralizedDiceOptions : OverlapOptions
{
    /// <summary>How classes are weighed (w_type). Default square.</summary>
    public GeneralizedDiceWeighting Weighting { get; init; }
}
