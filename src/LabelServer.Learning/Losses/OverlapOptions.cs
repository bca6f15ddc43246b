namespace LabelServer.Learning.Losses;

/// <summary>Options that overlap losses (Dice, generalised Dice, Tversky) share. The names in brackets are MONAI's.</summary>
public record OverlapOptions
{
    /// <summary>Whether class 0 counts (include_background). Default true; ignored for a single channel.</summary>
    public bool IncludeBackground { get; init; } = true;

    /// <summary>Whether a target of one channel holds class indices (to_onehot_y). Default false; ignored for a single channel.</summary>
    public bool ToOneHot { get; init; }

    /// <summary>What is applied to the scores (sigmoid, softmax). Default none.</summary>
    public ScoreActivation Activation { get; init; }

    /// <summary>Whether the denominator holds squares (squared_pred). Default false.</summary>
    public bool Squared { get; init; }

    /// <summary>Whether a plane of the target may hold values between 0 and 1 (soft_label). Default false.</summary>
    public bool SoftLabel { get; init; }

    /// <summary>Whether samples are added up before the division (batch). Default false: each sample for itself.</summary>
    public bool Batch { get; init; }

    /// <summary>Added to the numerator (smooth_nr). Default 1e-5.</summary>
    public double SmoothNumerator { get; init; } = 1e-5;

    /// <summary>Added to the denominator (smooth_dr). Default 1e-5.</summary>
    public double SmoothDenominator { get; init; } = 1e-5;

    /// <summary>How samples and classes are joined (reduction). Default mean.</summary>
    public LossReduction Reduction { get; init; }
}
