using System.Globalization;

namespace LabelServer.Imaging.Geometry;

/// <summary>The number of voxels along each axis, (I, J, K), I being the axis that runs fastest in memory. A 2-D image has K = 1.</summary>
public readonly record struct GridSize(int I, int J, int K)
{
    /// <summary>The number of voxels of one channel.</summary>
    public long VoxelCount => (long)I * J * K;

    /// <summary>The size along <paramref name="axis"/>: 0 is I, 1 is J, 2 is K.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is not 0, 1 or 2.</exception>
    public int this[int axis] => axis switch
    {
        0 => I,
        1 => J,
        2 => K,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>"I×J×K", for messages.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{I}×{J}×{K}");
}
