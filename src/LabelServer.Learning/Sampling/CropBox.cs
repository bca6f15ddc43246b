using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Learning.Sampling;

/// <summary>A part of a grid, wholly inside it.</summary>
/// <param name="I">The first voxel along i.</param>
/// <param name="J">The first voxel along j.</param>
/// <param name="K">The first voxel along k.</param>
/// <param name="Size">Voxels along each axis.</param>
public readonly record struct CropBox(int I, int J, int K, GridSize Size)
{
    /// <summary>The first voxel along <paramref name="axis"/>.</summary>
    public int Start(int axis) => axis switch
    {
        0 => I,
        1 => J,
        2 => K,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>The box around a centre: from centre − size / 2 (rounded down), moved so that it lies inside the grid.</summary>
    /// <remarks>
    /// Source: MONAI@d388d1c6 monai/transforms/utils.py (correct_crop_centers) and croppad/array.py (SpatialCrop). The centre is what MONAI moves: it stays between
    /// size / 2 and ⌊n + 1 − size / 2⌋ − 1. An axis that is shorter than the box is taken whole.
    /// </remarks>
    public static CropBox Around(int i, int j, int k, GridSize size, GridSize grid)
    {
        ReadOnlySpan<int> centre = [i, j, k];
        Span<int> start = stackalloc int[3];
        Span<int> length = stackalloc int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            length[axis] = Math.Min(size[axis], grid[axis]);
            var first = length[axis] / 2;
            var last = Math.Max(first, (int)Math.Floor(grid[axis] + 1 - (length[axis] / 2.0)) - 1);
            start[axis] = Math.Clamp(centre[axis], first, last) - (length[axis] / 2);
        }

        return new(start[0], start[1], start[2], new GridSize(length[0], length[1], length[2]));
    }

    /// <summary>The grid of the box within a grid.</summary>
    public VolumeGrid Within(VolumeGrid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return new(Size, grid.Affine * Affine.Translation(I, J, K));
    }

    /// <summary>Copies the box out of a volume. The caller owns the result.</summary>
    public Volume<T> Copy<T>(Volume<T> volume)
        where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(volume);
        var result = new Volume<T>(Within(volume.Grid), volume.Channels, clear: false);
        var from = volume.Samples;
        var to = result.Samples;
        var target = 0;
        for (var c = 0; c < volume.Channels; c++)
        {
            for (var k = 0; k < Size.K; k++)
            {
                for (var j = 0; j < Size.J; j++)
                {
                    var source = (((((c * volume.Size.K) + K + k) * volume.Size.J) + J + j) * volume.Size.I) + I;
                    from.Slice(source, Size.I).CopyTo(to[target..]);
                    target += Size.I;
                }
            }
        }

        return result;
    }

    /// <summary>Copies the box out of a volume of any number type. The caller owns the result.</summary>
    public Volume Copy(Volume volume) => volume.Accept<CopyVisitor, Volume>(new CopyVisitor(this));

    private readonly struct CopyVisitor(CropBox box) : IVolumeVisitor<Volume>
    {
        public Volume Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T> => box.Copy(volume);
    }
}
