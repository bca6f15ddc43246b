namespace LabelServer.Learning.Losses;

/// <summary>How the terms of a loss become one number.</summary>
public enum LossReduction
{
    /// <summary>The mean over samples and classes (and, for voxel-wise losses, voxels).</summary>
    Mean,

    /// <summary>The sum over samples and classes. The focal loss averages over voxels first, as MONAI does.</summary>
    Sum,

    /// <summary>Nothing is reduced beyond what the loss itself reduces.</summary>
    None,
}
