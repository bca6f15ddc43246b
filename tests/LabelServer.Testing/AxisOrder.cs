using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Testing;

/// <summary>Converts between the row-major arrays [C, X, Y, Z] of the reference outputs (z fastest) and volumes (i fastest).</summary>
public static class AxisOrder
{
    /// <summary>Makes a volume of a row-major [C, X, Y, Z] array. Trailing missing axes count as 1.</summary>
    public static Volume<T> ToVolume<T>(double[] values, int[] shape, Affine affine)
        where T : unmanaged, INumber<T>
    {
        int channels = shape[0], x = shape[1], y = shape.Length > 2 ? shape[2] : 1, z = shape.Length > 3 ? shape[3] : 1;
        var volume = new Volume<T>(new VolumeGrid(new GridSize(x, y, z), affine), channels);
        var samples = volume.Samples;
        var from = 0;
        for (var c = 0; c < channels; c++)
        {
            for (var i = 0; i < x; i++)
            {
                for (var j = 0; j < y; j++)
                {
                    for (var k = 0; k < z; k++)
                    {
                        samples[(((((c * z) + k) * y) + j) * x) + i] = T.CreateTruncating(values[from++]);
                    }
                }
            }
        }

        return volume;
    }

    /// <summary>The samples in row-major [C, X, Y, Z] order.</summary>
    public static double[] ToRowMajor<T>(Volume<T> volume)
        where T : unmanaged, INumber<T>
    {
        var samples = volume.Samples;
        var (x, y, z) = volume.Size;
        var result = new double[samples.Length];
        var to = 0;
        for (var c = 0; c < volume.Channels; c++)
        {
            for (var i = 0; i < x; i++)
            {
                for (var j = 0; j < y; j++)
                {
                    for (var k = 0; k < z; k++)
                    {
                        result[to++] = double.CreateTruncating(samples[(((((c * z) + k) * y) + j) * x) + i]);
                    }
                }
            }
        }

        return result;
    }
}
