using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Resampling;

/// <summary>Resampling by the plainest possible loops, in double.</summary>
internal static class ResamplingReference
{
    /// <summary>A volume of seeded values between -1000 and 1000.</summary>
    public static Volume<short> Scan(GridSize size, Affine affine, int channels = 1, int seed = 1)
    {
        var random = new Random(seed);
        var volume = new Volume<short>(new VolumeGrid(size, affine), channels);
        foreach (ref var value in volume.Samples)
        {
            value = (short)random.Next(-1000, 1000);
        }

        return volume;
    }

    /// <summary>Maps every voxel alone and weighs its eight neighbours, or takes the nearest.</summary>
    public static float[] Resample(Volume<short> source, GridSize target, Affine toSource, ResampleOptions options)
    {
        var result = new float[target.VoxelCount * source.Channels];
        var at = 0;
        for (var c = 0; c < source.Channels; c++)
        {
            for (var k = 0; k < target.K; k++)
            {
                for (var j = 0; j < target.J; j++)
                {
                    for (var i = 0; i < target.I; i++)
                    {
                        var (x, y, z) = toSource.Apply(i, j, k);
                        result[at++] = (float)Value(source, c, [Inside(x, source.Size.I, options), Inside(y, source.Size.J, options), Inside(z, source.Size.K, options)], options);
                    }
                }
            }
        }

        return result;
    }

    /// <summary>A view copied voxel by voxel.</summary>
    public static Volume<short> Copy(Volume<short> stored, AxisMap axes)
    {
        var result = new Volume<short>(axes.Apply(stored.Grid), stored.Channels);
        Span<int> seen = stackalloc int[3], source = stackalloc int[3];
        for (var c = 0; c < stored.Channels; c++)
        {
            for (var n = 0; n < result.Size.VoxelCount; n++)
            {
                (seen[0], seen[1], seen[2]) = (n % result.Size.I, n / result.Size.I % result.Size.J, n / result.Size.I / result.Size.J);
                for (var axis = 0; axis < 3; axis++)
                {
                    source[axes.Source(axis)] = axes.Flipped(axis) ? result.Size[axis] - 1 - seen[axis] : seen[axis];
                }

                result[c, seen[0], seen[1], seen[2]] = stored[c, source[0], source[1], source[2]];
            }
        }

        return result;
    }

    private static double Inside(double position, int size, ResampleOptions options)
    {
        switch (options.OutOfBounds)
        {
            case OutOfBounds.Border:
                return Math.Clamp(position, 0, size - 1);
            case OutOfBounds.Reflection:
                while (position < -0.5 || position > size - 0.5)
                {
                    position = position < -0.5 ? -1 - position : (2 * size) - 1 - position;
                }

                return Math.Clamp(position, 0, size - 1);
            default:
                return position;
        }
    }

    private static double Value(Volume<short> source, int channel, double[] at, ResampleOptions options)
    {
        double Sample(int i, int j, int k) =>
            i < 0 || i >= source.Size.I || j < 0 || j >= source.Size.J || k < 0 || k >= source.Size.K ? 0 : source[channel, i, j, k];
        if (options.Interpolation == Interpolation.Nearest)
        {
            return Sample((int)Math.Round(at[0]), (int)Math.Round(at[1]), (int)Math.Round(at[2]));
        }

        var sum = 0.0;
        for (var corner = 0; corner < 8; corner++)
        {
            int[] n = [(int)Math.Floor(at[0]) + (corner & 1), (int)Math.Floor(at[1]) + ((corner >> 1) & 1), (int)Math.Floor(at[2]) + (corner >> 2)];
            sum += (1 - Math.Abs(at[0] - n[0])) * (1 - Math.Abs(at[1] - n[1])) * (1 - Math.Abs(at[2] - n[2])) * Sample(n[0], n[1], n[2]);
        }

        return sum;
    }
}
