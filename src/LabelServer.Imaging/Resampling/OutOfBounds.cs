namespace LabelServer.Imaging.Resampling;

/// <summary>What is read where a resampling asks for a place outside the source.</summary>
public enum OutOfBounds
{
    /// <summary>The nearest voxel of the border (MONAI's <c>border</c>, SciPy's <c>nearest</c>).</summary>
    Border,

    /// <summary>Zero (MONAI's <c>zeros</c>, SciPy's <c>constant</c>).</summary>
    Zeros,

    /// <summary>The image mirrored at the outer edge of the border voxels (MONAI's <c>reflection</c>, SciPy's <c>reflect</c>, <c>grid-mirror</c>).</summary>
    Reflection,

    /// <summary>The image mirrored at the centre of the border voxels (SciPy's <c>mirror</c>); only with splines.</summary>
    Mirror,

    /// <summary>The image repeated with a period of size - 1 (SciPy's <c>wrap</c>); only with splines.</summary>
    Wrap,

    /// <summary>The image repeated with a period of its size (SciPy's <c>grid-wrap</c>); only with splines.</summary>
    GridWrap,

    /// <summary>As <see cref="Zeros"/>, but interpolated also beyond the border (SciPy's <c>grid-constant</c>); only with splines.</summary>
    GridConstant,
}
