using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>The loops over the values [voxel, channel] of one sample.</summary>
internal abstract class GroupNormKernel
{
    private static readonly GroupNormKernel Single = new GroupNormKernel<Float32Lanes>();
    private static readonly GroupNormKernel Brain = new GroupNormKernel<BFloat16Lanes>();

    /// <summary>The loops for a number type, float32 or bfloat16.</summary>
    public static GroupNormKernel For(ScalarType type) => type == ScalarType.BFloat16 ? Brain : Single;

    /// <summary>For each channel Σ x and Σ x².</summary>
    public abstract (double[] Values, double[] Squares) Sums(nint x, long voxels, int channels);

    /// <summary>For each channel Σ g and Σ g·x.</summary>
    public abstract (double[] Gradients, double[] Products) Products(nint g, nint x, long voxels, int channels);

    /// <summary>y = scale·x + shift.</summary>
    public abstract void Apply(nint x, nint y, long voxels, float[] scale, float[] shift);

    /// <summary>y = max(0, scale·x + shift).</summary>
    public abstract void ApplyRectified(nint x, nint y, long voxels, float[] scale, float[] shift);

    /// <summary>dx = byGradient·g + byInput·x + constant.</summary>
    public abstract void ApplyBackward(nint g, nint x, nint dx, long voxels, float[] byGradient, float[] byInput, float[] constant);
}
