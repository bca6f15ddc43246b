using LabelServer.Imaging;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore.Checks;

/// <summary>How a label's grid lies to its image's.</summary>
internal enum GridFit
{
    /// <summary>The same voxels, perhaps with axes in another order or direction.</summary>
    Same,

    /// <summary>The same voxels, but corners differ by up to half a voxel.</summary>
    Near,

    /// <summary>The image's axes are not perpendicular and the label's are, with the same shape: ITK writes labels of such images so.</summary>
    MadeOrthogonal,

    /// <summary>Another grid.</summary>
    Different,
}

/// <summary>Compares grids.</summary>
internal static class GridComparison
{
    /// <summary>Below this many voxels, corners count as the same. Headers hold float32, so far from the origin a few thousandths of a millimetre are lost.</summary>
    public const double SameWithin = 0.01;

    /// <summary>Up to this many voxels, corners count as near.</summary>
    public const double NearWithin = 0.5;

    // The cosine between two axes beyond which they are not perpendicular; MONAI Label's own files have up to 1e-5 from float32.
    private const double PerpendicularWithin = 1e-3;

    /// <summary>Compares a label's grid with its image's.</summary>
    /// <param name="image">The image's grid.</param>
    /// <param name="label">The label's grid.</param>
    /// <param name="deviation">The largest distance between corresponding corners, in voxels of the image; NaN when none correspond.</param>
    public static GridFit Compare(VolumeGrid image, VolumeGrid label, out double deviation)
    {
        deviation = CornerDeviation(image, label);
        if (deviation <= SameWithin)
        {
            return GridFit.Same;
        }

        if (deviation <= NearWithin)
        {
            return GridFit.Near;
        }

        return image.Size == label.Size && !IsOrthogonal(image.Affine) && IsOrthogonal(label.Affine) ? GridFit.MadeOrthogonal : GridFit.Different;
    }

    /// <summary>The largest distance of corners over all ways to lay the label's axes on the image's (6 orders, 8 directions each); NaN when no order has the image's shape.</summary>
    private static double CornerDeviation(VolumeGrid image, VolumeGrid label)
    {
        Affine toImage;
        try
        {
            toImage = image.Affine.Inverse() * label.Affine;
        }
        catch (GeometryException)
        {
            return double.NaN;
        }

        var best = double.NaN;
        ReadOnlySpan<(int I, int J, int K)> orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)];
        foreach (var (i, j, k) in orders)
        {
            if (label.Size.I != image.Size[i] || label.Size.J != image.Size[j] || label.Size.K != image.Size[k])
            {
                continue;
            }

            for (var flips = 0; flips < 8; flips++)
            {
                var found = Deviation(toImage, image.Size, label.Size, [i, j, k], flips);
                if (!(found >= best))
                {
                    best = found;
                }
            }
        }

        return best;
    }

    private static double Deviation(Affine toImage, GridSize image, GridSize label, ReadOnlySpan<int> order, int flips)
    {
        double largest = 0;
        Span<double> expected = stackalloc double[3];
        for (var corner = 0; corner < 8; corner++)
        {
            Span<int> at = [(corner & 1) * (label.I - 1), ((corner >> 1) & 1) * (label.J - 1), ((corner >> 2) & 1) * (label.K - 1)];
            for (var axis = 0; axis < 3; axis++)
            {
                var onto = order[axis];
                expected[onto] = (flips & (1 << axis)) == 0 ? at[axis] : image[onto] - 1 - at[axis];
            }

            var (x, y, z) = toImage.Apply(at[0], at[1], at[2]);
            var distance = Math.Max(Math.Abs(x - expected[0]), Math.Max(Math.Abs(y - expected[1]), Math.Abs(z - expected[2])));
            if (double.IsNaN(distance))
            {
                return double.NaN;
            }

            largest = Math.Max(largest, distance);
        }

        return largest;
    }

    private static bool IsOrthogonal(Affine affine)
    {
        var (i, j, k) = affine.Spacing();
        double Cosine(int a, int b, double lengths)
        {
            var dot = 0.0;
            for (var row = 0; row < 3; row++)
            {
                dot += affine[row, a] * affine[row, b];
            }

            return Math.Abs(dot / lengths);
        }

        return Cosine(0, 1, i * j) < PerpendicularWithin && Cosine(0, 2, i * k) < PerpendicularWithin && Cosine(1, 2, j * k) < PerpendicularWithin;
    }
}
