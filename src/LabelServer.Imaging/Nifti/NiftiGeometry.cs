using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Nifti;

/// <summary>The affine of a NIfTI or Analyze header by nibabel's rules, and the orthogonal part of an affine for writing.</summary>
/// <remarks>
/// Order: the sform if its code is above 0, else the qform if its code is above 0, else the spacings with the volume's centre at (0, 0, 0) and i to the left (nibabel's
/// <c>get_best_affine</c>). MONAI's loader replaces an sform whose column lengths differ from pixdim by the qform, even by one that the header declares absent
/// (<c>rectify_header_sform_qform</c>), which can turn a sound image; that step is left out on purpose.
/// </remarks>
internal static class NiftiGeometry
{
    /// <summary>The affine of a header.</summary>
    /// <param name="header">The header.</param>
    /// <param name="size">Its size along the three spatial axes.</param>
    /// <param name="subject">The image, as messages begin.</param>
    /// <exception cref="GeometryException">The quaternion is none; or the affine is not finite or singular.</exception>
    public static VolumeGrid GridOf(NiftiHeader header, GridSize size, string subject) =>
        VolumeGeometry.Require(subject, size, header switch
        {
            { Format: VolumeFormat.Analyze } => OfAnalyze(header, size),
            { SFormCode: > 0 } => Affine.FromRows(header.Rows),
            { QFormCode: > 0 } => OfQuaternion(header, subject),
            _ => OfSpacings(header, size),
        });

    /// <summary>The closest orthogonal axes to those of an affine, as a quaternion (a ≥ 0), with the handedness of the third axis.</summary>
    /// <remarks>The polar decomposition of the normalised columns, by Newton's iteration X ← (X + X⁻ᵀ)/2 (Higham 1986), which converges quadratically for
    /// every regular matrix. nibabel takes the same matrix from a singular value decomposition.</remarks>
    public static (double B, double C, double D, double QFac) QuaternionOf(Affine affine)
    {
        var (si, sj, sk) = affine.Spacing();
        var x = new Affine(
            affine.M00 / si, affine.M01 / sj, affine.M02 / sk, 0,
            affine.M10 / si, affine.M11 / sj, affine.M12 / sk, 0,
            affine.M20 / si, affine.M21 / sj, affine.M22 / sk, 0);
        var qfac = x.Determinant < 0 ? -1.0 : 1.0;
        x = x * Affine.Scaling(1, 1, qfac);
        Span<double> next = stackalloc double[12];
        for (var step = 0; step < 50; step++)
        {
            var inverse = x.Inverse();
            double change = 0;
            for (var row = 0; row < 3; row++)
            {
                for (var column = 0; column < 3; column++)
                {
                    var value = (x[row, column] + inverse[column, row]) / 2;
                    change = Math.Max(change, Math.Abs(value - x[row, column]));
                    next[(row * 4) + column] = value;
                }
            }

            x = Affine.FromRows(next);
            if (change < 1e-15)
            {
                break;
            }
        }

        var (b, c, d) = ToQuaternion(x);
        return (b, c, d, qfac);
    }

    private static Affine OfQuaternion(NiftiHeader header, string subject)
    {
        double b = header.Quaternion[0], c = header.Quaternion[1], d = header.Quaternion[2];
        // The threshold is nibabel's: three units in the last place of the stored type, below which the fourth part counts as 0.
        var threshold = 3 * (header.Format == VolumeFormat.Nifti2 ? Math.Pow(2, -52) : Math.Pow(2, -23));
        var rest = 1 - ((b * b) + (c * c) + (d * d));
        if (!(rest > -threshold))
        {
            throw new GeometryException($"{subject} has a qform that is no rotation: its quaternion ({b:G6}, {c:G6}, {d:G6}) is longer than 1. Correct the header's quatern_b, c and d.");
        }

        var a = rest < threshold ? 0 : Math.Sqrt(rest);
        var s = 2 / ((a * a) + (b * b) + (c * c) + (d * d));
        var (x, y, z) = Spacings(header);
        z *= header.PixDim[0] == -1 ? -1 : 1;
        return new Affine(
            (1 - (s * ((c * c) + (d * d)))) * x, s * ((b * c) - (a * d)) * y, s * ((b * d) + (a * c)) * z, header.Quaternion[3],
            s * ((b * c) + (a * d)) * x, (1 - (s * ((b * b) + (d * d)))) * y, s * ((c * d) - (a * b)) * z, header.Quaternion[4],
            s * ((b * d) - (a * c)) * x, s * ((c * d) + (a * b)) * y, (1 - (s * ((b * b) + (c * c)))) * z, header.Quaternion[5]);
    }

    private static Affine OfSpacings(NiftiHeader header, GridSize size)
    {
        var (x, y, z) = Spacings(header);
        return CentredAt(-x, y, z, (size.I - 1) / 2.0, (size.J - 1) / 2.0, (size.K - 1) / 2.0);
    }

    /// <summary>SPM's reading of Analyze, which nibabel shares: i runs to the left; the origin is a 1-based voxel, or the centre where it makes no sense.</summary>
    private static Affine OfAnalyze(NiftiHeader header, GridSize size)
    {
        var (x, y, z) = Spacings(header);
        var o = header.Origin;
        var isSet = o.Any(v => v != 0) && Enumerable.Range(0, 3).All(axis => o[axis] > -size[axis] && o[axis] < size[axis] * 2);
        return isSet
            ? CentredAt(-x, y, z, o[0] - 1, o[1] - 1, o[2] - 1)
            : CentredAt(-x, y, z, (size.I - 1) / 2.0, (size.J - 1) / 2.0, (size.K - 1) / 2.0);
    }

    private static Affine CentredAt(double x, double y, double z, double i, double j, double k) => new(x, 0, 0, -x * i, 0, y, 0, -y * j, 0, 0, z, -z * k);

    /// <summary>pixdim[1..3] as nibabel repairs it on loading: 0 becomes 1, a negative number its absolute value.</summary>
    private static (double X, double Y, double Z) Spacings(NiftiHeader header)
    {
        static double Repair(double value) => value == 0 ? 1 : Math.Abs(value);
        return (Repair(header.PixDim[1]), Repair(header.PixDim[2]), Repair(header.PixDim[3]));
    }

    /// <summary>Shepperd's method: the largest of the four parts is found first, so that nothing small is divided by.</summary>
    private static (double B, double C, double D) ToQuaternion(in Affine r)
    {
        double a, b, c, d;
        double trace = r.M00 + r.M11 + r.M22, largest = Math.Max(Math.Max(trace, r.M00), Math.Max(r.M11, r.M22));
        if (largest == trace)
        {
            a = 1 + trace;
            (b, c, d) = (r.M21 - r.M12, r.M02 - r.M20, r.M10 - r.M01);
        }
        else if (largest == r.M00)
        {
            a = r.M21 - r.M12;
            (b, c, d) = (1 + r.M00 - r.M11 - r.M22, r.M01 + r.M10, r.M02 + r.M20);
        }
        else if (largest == r.M11)
        {
            a = r.M02 - r.M20;
            (b, c, d) = (r.M01 + r.M10, 1 - r.M00 + r.M11 - r.M22, r.M12 + r.M21);
        }
        else
        {
            a = r.M10 - r.M01;
            (b, c, d) = (r.M02 + r.M20, r.M12 + r.M21, 1 - r.M00 - r.M11 + r.M22);
        }

        var length = Math.Sqrt((a * a) + (b * b) + (c * c) + (d * d)) * (a < 0 ? -1 : 1);
        return (b / length, c / length, d / length);
    }
}
