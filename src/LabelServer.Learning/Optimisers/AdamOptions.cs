namespace LabelServer.Learning.Optimisers;

/// <summary>Options of <see cref="Adam"/>, with PyTorch's names in brackets.</summary>
public sealed record AdamOptions
{
    /// <summary>Learning rate (lr). Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the mean of gradients (betas[0]). Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients (betas[1]). Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the squared gradients (eps). Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay (weight_decay). Default 0; PyTorch's AdamW has 0.01.</summary>
    public double WeightDecay { get; init; }

    /// <summary>True for AdamW: the decay acts on the weight itself and not through the gradient.</summary>
    public bool Decoupled { get; init; }

    /// <summary>Whether the largest mean of squared gradients so far is used (amsgrad). Default false.</summary>
    public bool AmsGrad { get; init; }
}
