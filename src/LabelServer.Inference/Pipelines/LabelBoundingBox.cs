using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Pipelines;

/// <summary>A box in voxels of the image.</summary>
/// <param name="Low">The lowest index along each axis.</param>
/// <param name="High">The highest index along each axis, itself inside.</param>
public sealed record LabelBoundingBox(GridSize Low, GridSize High);
