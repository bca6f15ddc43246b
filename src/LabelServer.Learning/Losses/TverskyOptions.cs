namespace LabelServer.Learning.Losses;

/// <summary>Options of <see cref="TverskyLoss"/>.</summary>
public sealed record TverskyOptions : OverlapOptions
{
    /// <summary>The weight of false positives (alpha). Default 0.5.</summary>
    public double Alpha { get; init; } = 0.5;

    /// <summary>The weight of false negatives (beta). Default 0.5.</summary>
    public double Beta { get; init; } = 0.5;
}
