namespace LabelServer.Imaging.Intensity;

/// <summary>How the weights of a Gaussian filter are made (MONAI's <c>approx</c>).</summary>
public enum GaussianApproximation
{
    /// <summary>The integral of the curve over each voxel (MONAI's <c>erf</c>, its default).</summary>
    ErrorFunction,

    /// <summary>The curve at each voxel's centre (<c>sampled</c>).</summary>
    Sampled,

    /// <summary>Lindeberg's discrete analogue by modified Bessel functions (<c>scalespace</c>).</summary>
    ScaleSpace,
}
