using System.Globalization;

namespace LabelServer.Imaging.Geometry;

/// <summary>Linear algebra on 3×3 and 4×4 matrices where the order of the operations matters.</summary>
/// <remarks>Grids whose voxels meet half-way are common (3 mm to 1.5 mm), and there the last bit decides which voxel is nearest or whether a size is rounded up. So the same
/// steps are taken as LAPACK takes: Gaussian elimination with partial pivoting, not a product with an inverse.</remarks>
public static class AffineSolver
{
    /// <summary>inverse(<paramref name="left"/>) × <paramref name="right"/>: from an index of the right grid to an index of the left one.</summary>
    /// <exception cref="GeometryException">The left affine is singular or not finite. The caller adds the image's name.</exception>
    public static Affine Solve(Affine left, Affine right)
    {
        if (!left.IsFinite || !right.IsFinite)
        {
            throw NotInvertible(left);
        }

        Span<double> a = left.ToRows(), b = right.ToRows();
        for (var column = 0; column < 4; column++)
        {
            Pivot(a, b, column, left);
            for (var row = column + 1; row < 4; row++)
            {
                var factor = a[(row * 4) + column] / a[(column * 4) + column];
                if (factor == 0)
                {
                    continue;
                }

                for (var n = 0; n < 4; n++)
                {
                    a[(row * 4) + n] -= factor * a[(column * 4) + n];
                    b[(row * 4) + n] -= factor * b[(column * 4) + n];
                }
            }
        }

        for (var row = 3; row >= 0; row--)
        {
            for (var n = 0; n < 4; n++)
            {
                var sum = b[(row * 4) + n];
                for (var k = row + 1; k < 4; k++)
                {
                    sum -= a[(row * 4) + k] * b[(k * 4) + n];
                }

                b[(row * 4) + n] = sum / a[(row * 4) + row];
            }
        }

        return Affine.FromRows(b);
    }

    /// <summary>The rotation and the upper triangular remainder of the 3×3 block: block = rotation × remainder, with the remainder from the Cholesky factor of blockᵀ × block.</summary>
    /// <remarks>A reflection stays in the "rotation". Source of the convention: MONAI monai/data/utils.py (zoom_affine).</remarks>
    /// <returns>Row-major 3×3 rotation and the diagonal of the remainder (all positive).</returns>
    /// <exception cref="GeometryException">The block is singular.</exception>
    public static (double[] Rotation, double[] Diagonal) RotationOf(Affine affine)
    {
        Span<double> gram = stackalloc double[9];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                gram[(row * 3) + column] = (affine[0, row] * affine[0, column]) + (affine[1, row] * affine[1, column]) + (affine[2, row] * affine[2, column]);
            }
        }

        // Upper triangular u with uᵀ u = gram.
        var u00 = Math.Sqrt(gram[0]);
        double u01 = gram[1] / u00, u02 = gram[2] / u00;
        var u11 = Math.Sqrt(gram[4] - (u01 * u01));
        var u12 = (gram[5] - (u01 * u02)) / u11;
        var u22 = Math.Sqrt(gram[8] - (u02 * u02) - (u12 * u12));
        if (!(u00 > 0 && u11 > 0 && u22 > 0) || !double.IsFinite(u00 + u11 + u22 + u01 + u02 + u12))
        {
            throw NotInvertible(affine);
        }

        var rotation = new double[9];
        for (var row = 0; row < 3; row++)
        {
            var r0 = affine[row, 0] / u00;
            var r1 = (affine[row, 1] - (r0 * u01)) / u11;
            var r2 = (affine[row, 2] - (r0 * u02) - (r1 * u12)) / u22;
            (rotation[row * 3], rotation[(row * 3) + 1], rotation[(row * 3) + 2]) = (r0, r1, r2);
        }

        return (rotation, [u00, u11, u22]);
    }

    private static GeometryException NotInvertible(Affine affine) => new(string.Create(
        CultureInfo.InvariantCulture, $"The affine {affine} cannot be inverted; an axis has no length, two axes are parallel or a value is not a number."));

    private static void Pivot(Span<double> a, Span<double> b, int column, Affine left)
    {
        var best = column;
        for (var row = column + 1; row < 4; row++)
        {
            if (Math.Abs(a[(row * 4) + column]) > Math.Abs(a[(best * 4) + column]))
            {
                best = row;
            }
        }

        if (a[(best * 4) + column] == 0)
        {
            throw NotInvertible(left);
        }

        if (best != column)
        {
            for (var n = 0; n < 4; n++)
            {
                (a[(best * 4) + n], a[(column * 4) + n]) = (a[(column * 4) + n], a[(best * 4) + n]);
                (b[(best * 4) + n], b[(column * 4) + n]) = (b[(column * 4) + n], b[(best * 4) + n]);
            }
        }
    }
}
