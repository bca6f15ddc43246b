namespace LabelServer.Imaging.Resampling;

/// <summary>How a value between voxel centres is made.</summary>
public enum Interpolation
{
    /// <summary>The nearest voxel. Invents no value, so it is the one for label maps. In grid resampling a point half-way takes the even index, as torch's <c>grid_sample</c> does; in
    /// resizing it is torch's <c>nearest</c>, floor(index × scale).</summary>
    Nearest,

    /// <summary>Linear along each axis (MONAI's <c>bilinear</c>, <c>trilinear</c>, <c>linear</c>).</summary>
    Linear,

    /// <summary>The mean of all voxels that the target voxel covers; only in resizing.</summary>
    Area,

    /// <summary>The voxel whose centre is nearest to the target voxel's centre; only in resizing.</summary>
    NearestExact,

    /// <summary>SciPy's spline of order 0 (nearest, half-way points go up).</summary>
    Spline0,

    /// <summary>SciPy's spline of order 1.</summary>
    Spline1,

    /// <summary>SciPy's spline of order 2, with prefilter.</summary>
    Spline2,

    /// <summary>SciPy's spline of order 3, with prefilter.</summary>
    Spline3,

    /// <summary>SciPy's spline of order 4, with prefilter.</summary>
    Spline4,

    /// <summary>SciPy's spline of order 5, with prefilter.</summary>
    Spline5,
}
