namespace LabelServer.Learning.Schedulers;

/// <summary>Options of <see cref="ReduceOnPlateau"/>, with PyTorch's names in brackets.</summary>
public sealed record PlateauOptions
{
    /// <summary>The first rate.</summary>
    public required double InitialRate { get; init; }

    /// <summary>Whether larger metrics are better (mode: max). Default false.</summary>
    public bool LargerIsBetter { get; init; }

    /// <summary>What the rate is multiplied by (factor). Default 0.1.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>Observations without improvement that are borne (patience). Default 10.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>How much better counts as better (threshold). Default 1e-4.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <summary>Whether the threshold is a difference instead of a fraction (threshold_mode: abs). Default false.</summary>
    public bool AbsoluteThreshold { get; init; }

    /// <summary>Observations after a reduction that do not count (cooldown). Default 0.</summary>
    public int Cooldown { get; init; }

    /// <summary>The lowest rate (min_lr). Default 0.</summary>
    public double MinimumRate { get; init; }

    /// <summary>Smaller changes of the rate are left out (eps). Default 1e-8.</summary>
    public double SmallestChange { get; init; } = 1e-8;
}
