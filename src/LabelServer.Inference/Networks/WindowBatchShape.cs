using System.Globalization;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Networks;

/// <summary>The shape [N, C, X, Y, Z] of a batch of windows. A 2-D network has Z = 1 and sees [N, C, X, Y].</summary>
/// <param name="Count">N, windows in the batch.</param>
/// <param name="Channels">C.</param>
/// <param name="Size">Voxels of a window along (x, y, z) = (i, j, k).</param>
/// <param name="SpatialDims">2 or 3.</param>
public readonly record struct WindowBatchShape(int Count, int Channels, GridSize Size, int SpatialDims = 3)
{
    /// <summary>The number of samples.</summary>
    public long SampleCount => Count * Channels * Size.VoxelCount;

    /// <summary>"[N, C, X, Y, Z]", for messages.</summary>
    public override string ToString() => SpatialDims == 2
        ? string.Create(CultureInfo.InvariantCulture, $"[{Count}, {Channels}, {Size.I}, {Size.J}]")
        : string.Create(CultureInfo.InvariantCulture, $"[{Count}, {Channels}, {Size.I}, {Size.J}, {Size.K}]");
}
