using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>How much a window counts at each of its voxels.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/data/utils.py:compute_importance_map. In float32, step by step as there, so that the weights have the same bits as far as the
/// exponential function has: the product of one Gaussian an axis around the window's centre, cut off below at the larger of its minimum and 0.001.</remarks>
internal static class ImportanceMap
{
    /// <summary>The weights in row-major order [X, Y, Z], z fastest; all positive.</summary>
    public static float[] Create(GridSize window, SlidingWindowOptions options)
    {
        var map = new float[window.VoxelCount];
        if (options.Mode == BlendMode.Constant)
        {
            Array.Fill(map, 1f);
            return map;
        }

        var x = Gaussian(window.I, options, 0);
        var y = Gaussian(window.J, options, 1);
        var z = options.SpatialDims == 3 ? Gaussian(window.K, options, 2) : [1f];
        var at = 0;
        var least = float.PositiveInfinity;
        foreach (var ofX in x)
        {
            foreach (var ofY in y)
            {
                var plane = ofX * ofY;
                foreach (var ofZ in z)
                {
                    var weight = plane * ofZ;
                    map[at++] = weight;
                    least = Math.Min(least, weight);
                }
            }
        }

        var floor = (float)Math.Max(least, 1e-3);
        for (var index = 0; index < map.Length; index++)
        {
            map[index] = Math.Max(map[index], floor);
        }

        return map;
    }

    private static float[] Gaussian(int size, SlidingWindowOptions options, int axis)
    {
        var sigma = size * WindowPlan.Entry(options.SigmaScale, axis, options.SpatialDims, "sigma_scale");
        var divisor = (float)(-2 * sigma * sigma);
        var result = new float[size];
        for (var index = 0; index < size; index++)
        {
            var distance = index - ((size - 1) / 2f);
            result[index] = MathF.Exp(distance * distance / divisor);
        }

        return result;
    }
}
