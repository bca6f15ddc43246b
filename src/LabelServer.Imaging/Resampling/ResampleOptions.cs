namespace LabelServer.Imaging.Resampling;

/// <summary>How a volume is resampled onto another grid.</summary>
/// <param name="Interpolation">How values between voxels are made.</param>
/// <param name="OutOfBounds">What is read outside the source.</param>
/// <param name="AlignCorners">torch's <c>align_corners</c>: the centres, not the outer edges, of the border voxels of both grids are made to coincide. MONAI's default is false.</param>
public readonly record struct ResampleOptions(Interpolation Interpolation, OutOfBounds OutOfBounds = OutOfBounds.Border, bool AlignCorners = false);
