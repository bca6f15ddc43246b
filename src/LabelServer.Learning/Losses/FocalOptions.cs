namespace LabelServer.Learning.Losses;

/// <summary>Options of <see cref="FocalLoss"/>. The names in brackets are MONAI's.</summary>
public sealed record FocalOptions
{
    /// <summary>Whether class 0 counts (include_background). Default true; ignored for a single channel.</summary>
    public bool IncludeBackground { get; init; } = true;

    /// <summary>Whether a target of one channel holds class indices (to_onehot_y). Default false; ignored for a single channel.</summary>
    public bool ToOneHot { get; init; }

    /// <summary>The exponent (gamma). Default 2.</summary>
    public double Gamma { get; init; } = 2;

    /// <summary>The balance between positive and negative voxels, 0 to 1, or null (alpha).</summary>
    public double? Alpha { get; init; }

    /// <summary>One weight per class that counts, or one for all; null for none (weight). Not negative.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Softmax over the classes instead of a sigmoid of each (use_softmax). Default false.</summary>
    public bool Softmax { get; init; }

    /// <summary>How voxels, classes and samples are joined (reduction). Default mean; sum averages over the voxels first.</summary>
    public LossReduction Reduction { get; init; }
}
