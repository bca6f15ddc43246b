using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Uncertainty;

/// <summary>Which axes of a window are mirrored.</summary>
internal readonly record struct MirroredAxes(bool I, bool J, bool K)
{
    /// <summary>The first of all combinations, beginning with none; as many as there are at most.</summary>
    public static MirroredAxes[] First(int count, int spatialDims) =>
        [.. Enumerable.Range(0, Math.Min(count, 1 << spatialDims)).Select(bits => new MirroredAxes((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0))];

    /// <summary>Where in the mirrored window the voxel (x, y, z) lies, z fastest.</summary>
    public long Place(GridSize size, int x, int y, int z) =>
        ((((long)(I ? size.I - 1 - x : x) * size.J) + (J ? size.J - 1 - y : y)) * size.K) + (K ? size.K - 1 - z : z);
}
