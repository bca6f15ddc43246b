using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Resampling;

/// <summary>Scales a volume to another size over the same extent, as torch's <c>interpolate</c> does (MONAI's <c>Resize</c> and <c>Zoom</c>).</summary>
/// <remarks>Source of the conventions: PyTorch aten/src/ATen/native/UpSample.h and AdaptiveAveragePooling3d.cpp. Positions are computed in float32 as there.</remarks>
public static class Resizer
{
    /// <summary>Scales to a size.</summary>
    /// <param name="source">The samples, possibly turned.</param>
    /// <param name="target">The grid of the result; its size decides, its affine is the caller's.</param>
    /// <param name="interpolation">Nearest, NearestExact, Linear or Area.</param>
    /// <param name="alignCorners">Whether the centres of the corner voxels coincide; only for linear.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A new volume that the caller owns: float32, or for the two nearest modes the source's number type.</returns>
    /// <exception cref="GeometryException">A side of either grid is empty.</exception>
    public static Volume Resize(VolumeView source, VolumeGrid target, Interpolation interpolation, bool alignCorners, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (source.Size.VoxelCount == 0 || target.Size.VoxelCount == 0)
        {
            throw new GeometryException($"An image of {source.Size} voxels cannot be resized to {target.Size}.");
        }

        switch (interpolation)
        {
            case Interpolation.Nearest or Interpolation.NearestExact:
                var tables = new int[3][];
                for (var axis = 0; axis < 3; axis++)
                {
                    tables[axis] = Nearest(target.Size[axis], source.Size[axis], interpolation == Interpolation.NearestExact);
                }

                return SeparablePick.Apply(source, target, tables, 0, parallel);
            case Interpolation.Linear or Interpolation.Area:
                var taps = new AxisTaps[3];
                for (var axis = 0; axis < 3; axis++)
                {
                    var (length, size) = (target.Size[axis], source.Size[axis]);
                    taps[axis] = interpolation == Interpolation.Area ? AxisTaps.Area(length, size) : AxisTaps.Linear(LinearPositions(length, size, alignCorners), size, edge: true);
                }

                return SeparableLinear.Apply(source, target, taps, parallel);
            default:
                throw new ArgumentException($"{interpolation} is not for resizing.", nameof(interpolation));
        }
    }

    private static int[] Nearest(int length, int size, bool exact)
    {
        var scale = (float)size / length;
        var table = new int[length];
        for (var n = 0; n < length; n++)
        {
            table[n] = Math.Min((int)MathF.Floor((n + (exact ? 0.5f : 0)) * scale), size - 1);
        }

        return table;
    }

    private static double[] LinearPositions(int length, int size, bool alignCorners)
    {
        var positions = new double[length];
        if (alignCorners)
        {
            var step = length > 1 ? (float)(size - 1) / (length - 1) : 0;
            for (var n = 0; n < length; n++)
            {
                positions[n] = step * n;
            }

            return positions;
        }

        var scale = (float)size / length;
        for (var n = 0; n < length; n++)
        {
            positions[n] = Math.Max(0, (scale * (n + 0.5f)) - 0.5f);
        }

        return positions;
    }
}
