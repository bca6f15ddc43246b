namespace LabelServer.Learning.Losses;

/// <summary>Options of <see cref="CrossEntropy"/>.</summary>
public sealed record CrossEntropyOptions
{
    /// <summary>One weight per class, background included; null for none. For a single channel the weight of positive voxels.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>0 to 1: the part of a voxel's target that is spread evenly over all classes (label_smoothing). Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How voxels are joined. Default mean, weighted by the class weights as PyTorch does.</summary>
    public LossReduction Reduction { get; init; }
}
