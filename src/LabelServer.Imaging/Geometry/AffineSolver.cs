using System.Globalization;

namespace LabelServer.Imaging.Geometry;

/// <summary>Linear algebra on 3×3 and 4×4 matrices where the last bit matters.</summary>
/// <remarks>
/// Grids whose voxels meet half-way are common (3 mm to 1.5 mm), and there the last bit decides which voxel is nearest or whether a size is rounded up. So the steps are those that
/// NumPy takes through OpenBLAS on every processor of the last ten years: sums by fused multiply-add, Gaussian elimination with partial pivoting, and a product with the pivot's
/// reciprocal where a textbook divides. Found by comparing all variants with MONAI's outputs: this one gives every voxel of 144 nearest-neighbour resamplings.
/// </remarks>
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

        Span<double> solution = right.ToRows();
        return Solve(left.ToRows(), solution, 4) ? Affine.FromRows(solution) : throw NotInvertible(left);
    }

    /// <summary>The rotation in the 3×3 block: block = rotation × upper triangle, with the triangle from the Cholesky factor of blockᵀ × block.</summary>
    /// <remarks>A reflection stays in the "rotation". Source of the convention: MONAI monai/data/utils.py (zoom_affine).</remarks>
    /// <returns>Row-major 3×3.</returns>
    /// <exception cref="GeometryException">The block is singular.</exception>
    public static double[] RotationOf(Affine affine)
    {
        Span<double> block = stackalloc double[9], gram = stackalloc double[9], upper = stackalloc double[9];
        for (var n = 0; n < 9; n++)
        {
            block[n] = affine[n / 3, n % 3];
        }

        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                gram[(row * 3) + column] = Dot(block[row], block[column], block[3 + row], block[3 + column], block[6 + row], block[6 + column]);
            }
        }

        Span<double> inverse = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        if (!Cholesky(gram, upper) || !Solve(upper, inverse, 3))
        {
            throw NotInvertible(affine);
        }

        var rotation = new double[9];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                rotation[(row * 3) + column] = Dot(
                    block[row * 3], inverse[column], block[(row * 3) + 1], inverse[3 + column], block[(row * 3) + 2], inverse[6 + column]);
            }
        }

        return rotation;
    }

    /// <summary>The affine's image of a point, by fused multiply-add.</summary>
    internal static (double X, double Y, double Z) Apply(Affine affine, double i, double j, double k) => (
        Dot(affine.M00, i, affine.M01, j, affine.M02, k) + affine.M03,
        Dot(affine.M10, i, affine.M11, j, affine.M12, k) + affine.M13,
        Dot(affine.M20, i, affine.M21, j, affine.M22, k) + affine.M23);

    private static double Dot(double a, double x, double b, double y, double c, double z) => Math.FusedMultiplyAdd(c, z, Math.FusedMultiplyAdd(b, y, a * x));

    private static GeometryException NotInvertible(Affine affine) => new(string.Create(
        CultureInfo.InvariantCulture, $"The affine {affine} cannot be inverted; an axis has no length, two axes are parallel or a value is not a number."));

    // upperᵀ × upper = gram.
    private static bool Cholesky(ReadOnlySpan<double> gram, Span<double> upper)
    {
        upper.Clear();
        for (var j = 0; j < 3; j++)
        {
            for (var i = j; i < 3; i++)
            {
                var sum = 0.0;
                for (var k = 0; k < j; k++)
                {
                    sum = Math.FusedMultiplyAdd(upper[(k * 3) + i], upper[(k * 3) + j], sum);
                }

                var rest = gram[(i * 3) + j] - sum;
                upper[(j * 3) + i] = i == j ? Math.Sqrt(rest) : rest / upper[(j * 3) + j];
            }

            if (!(upper[(j * 3) + j] > 0) || !double.IsFinite(upper[(j * 3) + j]))
            {
                return false;
            }
        }

        return true;
    }

    // Solves matrix × x = right in place of right; the matrix is destroyed. False when it is singular.
    private static bool Solve(Span<double> matrix, Span<double> right, int n)
    {
        for (var column = 0; column < n; column++)
        {
            Pivot(matrix, right, column, n);
            var reciprocal = 1 / matrix[(column * n) + column];
            if (!double.IsFinite(reciprocal))
            {
                return false;
            }

            for (var row = column + 1; row < n; row++)
            {
                var factor = matrix[(row * n) + column] * reciprocal;
                matrix[(row * n) + column] = factor;
                Subtract(matrix, row, column, factor, column + 1, n);
            }
        }

        for (var row = 0; row < n; row++)
        {
            for (var k = 0; k < row; k++)
            {
                Subtract(right, row, k, matrix[(row * n) + k], 0, n);
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var k = n - 1; k > row; k--)
            {
                Subtract(right, row, k, matrix[(row * n) + k], 0, n);
            }

            var reciprocal = 1 / matrix[(row * n) + row];
            for (var column = 0; column < n; column++)
            {
                right[(row * n) + column] *= reciprocal;
            }
        }

        return true;
    }

    private static void Subtract(Span<double> values, int row, int other, double factor, int from, int n)
    {
        for (var column = from; column < n; column++)
        {
            values[(row * n) + column] = Math.FusedMultiplyAdd(-factor, values[(other * n) + column], values[(row * n) + column]);
        }
    }

    private static void Pivot(Span<double> matrix, Span<double> right, int column, int n)
    {
        var best = column;
        for (var row = column + 1; row < n; row++)
        {
            if (Math.Abs(matrix[(row * n) + column]) > Math.Abs(matrix[(best * n) + column]))
            {
                best = row;
            }
        }

        for (var k = 0; best != column && k < n; k++)
        {
            (matrix[(best * n) + k], matrix[(column * n) + k]) = (matrix[(column * n) + k], matrix[(best * n) + k]);
            (right[(best * n) + k], right[(column * n) + k]) = (right[(column * n) + k], right[(best * n) + k]);
        }
    }
}
