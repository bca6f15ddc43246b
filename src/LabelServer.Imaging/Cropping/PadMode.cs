namespace LabelServer.Imaging.Cropping;

/// <summary>What stands in voxels that are added around a volume. NumPy's names; torch's <c>replicate</c> is <see cref="Edge"/>, its <c>circular</c> is <see cref="Wrap"/>.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The border's voxel.</summary>
    Edge,

    /// <summary>Mirrored at the centre of the border's voxel.</summary>
    Reflect,

    /// <summary>Mirrored at the outer edge of the border's voxel.</summary>
    Symmetric,

    /// <summary>Repeated from the other end.</summary>
    Wrap,

    /// <summary>The largest value of the line along the axis.</summary>
    Maximum,

    /// <summary>The smallest value of the line along the axis.</summary>
    Minimum,

    /// <summary>The mean of the line along the axis.</summary>
    Mean,

    /// <summary>The median of the line along the axis.</summary>
    Median,

    /// <summary>From the border's value in even steps to 0.</summary>
    LinearRamp,
}
