using System.Globalization;

namespace LabelServer.Imaging.Geometry;

/// <summary>A 4×4 affine whose last row is (0, 0, 0, 1). It takes a voxel index (i, j, k) to millimetres in RAS+ (x to the right, y to the front, z to the top).</summary>
/// <remarks>
/// A voxel's centre is its integer index. All arithmetic is in double: near index 512 a float is 3e-5 voxel off, enough to move a label across a boundary.
/// ITK, NRRD and DICOM speak LPS; readers and writers convert with <see cref="FlipLps"/>, nothing else in the program knows LPS.
/// </remarks>
public readonly record struct Affine(
    double M00, double M01, double M02, double M03,
    double M10, double M11, double M12, double M13,
    double M20, double M21, double M22, double M23)
{
    /// <summary>The identity: 1 mm voxels, i to the right, j to the front, k to the top, voxel (0, 0, 0) at the origin.</summary>
    public static Affine Identity { get; } = Scaling(1, 1, 1);

    /// <summary>The entry in <paramref name="row"/> 0..3 and <paramref name="column"/> 0..3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Row or column is outside 0..3.</exception>
    public double this[int row, int column] => (row, column) switch
    {
        (0, 0) => M00,
        (0, 1) => M01,
        (0, 2) => M02,
        (0, 3) => M03,
        (1, 0) => M10,
        (1, 1) => M11,
        (1, 2) => M12,
        (1, 3) => M13,
        (2, 0) => M20,
        (2, 1) => M21,
        (2, 2) => M22,
        (2, 3) => M23,
        (3, 0) or (3, 1) or (3, 2) => 0,
        (3, 3) => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };

    /// <summary>The determinant of the upper left 3×3 block in mm³ per voxel; negative for left-handed axes.</summary>
    public double Determinant =>
        (M00 * ((M11 * M22) - (M12 * M21))) - (M01 * ((M10 * M22) - (M12 * M20))) + (M02 * ((M10 * M21) - (M11 * M20)));

    /// <summary>True when every entry is a finite number.</summary>
    public bool IsFinite
    {
        get
        {
            for (var row = 0; row < 3; row++)
            {
                for (var column = 0; column < 4; column++)
                {
                    if (!double.IsFinite(this[row, column]))
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }

    /// <summary>A pure scaling, in mm per voxel.</summary>
    public static Affine Scaling(double x, double y, double z) => new(x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0);

    /// <summary>A pure translation.</summary>
    public static Affine Translation(double x, double y, double z) => new(1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z);

    /// <summary>Reads at least 12 values in row-major order; a fourth row is ignored.</summary>
    /// <exception cref="ArgumentException">There are fewer than 12 values.</exception>
    public static Affine FromRows(ReadOnlySpan<double> values)
    {
        if (values.Length < 12)
        {
            throw new ArgumentException("An affine needs three rows of four values.", nameof(values));
        }

        return new(
            values[0], values[1], values[2], values[3],
            values[4], values[5], values[6], values[7],
            values[8], values[9], values[10], values[11]);
    }

    /// <summary>The product: first <paramref name="right"/>, then <paramref name="left"/>.</summary>
    public static Affine operator *(Affine left, Affine right)
    {
        Span<double> rows = stackalloc double[12];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 4; column++)
            {
                rows[(row * 4) + column] = (left[row, 0] * right[0, column]) + (left[row, 1] * right[1, column]) +
                    (left[row, 2] * right[2, column]) + (left[row, 3] * right[3, column]);
            }
        }

        return FromRows(rows);
    }

    /// <summary>The product: first <paramref name="right"/>, then <paramref name="left"/>.</summary>
    public static Affine Multiply(Affine left, Affine right) => left * right;

    /// <summary>Maps a (continuous) index to millimetres, or, for an inverse, millimetres to an index.</summary>
    public (double X, double Y, double Z) Apply(double i, double j, double k) => (
        (M00 * i) + (M01 * j) + (M02 * k) + M03,
        (M10 * i) + (M11 * j) + (M12 * k) + M13,
        (M20 * i) + (M21 * j) + (M22 * k) + M23);

    /// <summary>The inverse, from millimetres to voxel indices.</summary>
    /// <exception cref="GeometryException">An entry is not finite, or the matrix is singular. The caller adds the image's name.</exception>
    public Affine Inverse()
    {
        var determinant = Determinant;
        if (!IsFinite || !double.IsFinite(1 / determinant))
        {
            throw new GeometryException(string.Create(
                CultureInfo.InvariantCulture, $"The affine {this} cannot be inverted (determinant {determinant:G3}); an axis has no length or a value is not a number."));
        }

        var d = 1 / determinant;
        double a00 = ((M11 * M22) - (M12 * M21)) * d, a01 = ((M02 * M21) - (M01 * M22)) * d, a02 = ((M01 * M12) - (M02 * M11)) * d;
        double a10 = ((M12 * M20) - (M10 * M22)) * d, a11 = ((M00 * M22) - (M02 * M20)) * d, a12 = ((M02 * M10) - (M00 * M12)) * d;
        double a20 = ((M10 * M21) - (M11 * M20)) * d, a21 = ((M01 * M20) - (M00 * M21)) * d, a22 = ((M00 * M11) - (M01 * M10)) * d;
        return new(
            a00, a01, a02, -((a00 * M03) + (a01 * M13) + (a02 * M23)),
            a10, a11, a12, -((a10 * M03) + (a11 * M13) + (a12 * M23)),
            a20, a21, a22, -((a20 * M03) + (a21 * M13) + (a22 * M23)));
    }

    /// <summary>The same place with x and y negated: RAS to LPS, and LPS to RAS.</summary>
    public Affine FlipLps() => new(-M00, -M01, -M02, -M03, -M10, -M11, -M12, -M13, M20, M21, M22, M23);

    /// <summary>The length of each column: the distance in mm between neighbouring voxels along i, j and k.</summary>
    public (double I, double J, double K) Spacing() => (
        Math.Sqrt((M00 * M00) + (M10 * M10) + (M20 * M20)),
        Math.Sqrt((M01 * M01) + (M11 * M11) + (M21 * M21)),
        Math.Sqrt((M02 * M02) + (M12 * M12) + (M22 * M22)));

    /// <summary>The 16 values in row-major order.</summary>
    public double[] ToRows() => [M00, M01, M02, M03, M10, M11, M12, M13, M20, M21, M22, M23, 0, 0, 0, 1];

    /// <summary>The three rows, for messages.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"[{M00:G6} {M01:G6} {M02:G6} {M03:G6}; {M10:G6} {M11:G6} {M12:G6} {M13:G6}; {M20:G6} {M21:G6} {M22:G6} {M23:G6}]");
}
