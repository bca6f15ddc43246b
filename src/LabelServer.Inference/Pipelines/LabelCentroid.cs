namespace LabelServer.Inference.Pipelines;

/// <summary>The centre of mass of a label in voxels of the image, rounded down.</summary>
/// <param name="Value">The voxel value.</param>
/// <param name="I">Along i.</param>
/// <param name="J">Along j.</param>
/// <param name="K">Along k.</param>
public sealed record LabelCentroid(int Value, int I, int J, int K);
