namespace LabelServer.Imaging.Geometry;

/// <summary>Where the voxels of a volume lie: how many along each axis, and the affine from voxel index to millimetres in RAS+.</summary>
/// <param name="Size">Voxels along (i, j, k).</param>
/// <param name="Affine">Index to millimetres.</param>
public sealed record VolumeGrid(GridSize Size, Affine Affine);
