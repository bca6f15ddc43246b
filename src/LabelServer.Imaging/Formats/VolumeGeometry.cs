using System.Globalization;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Formats;

/// <summary>Checks that a file's affine can be used.</summary>
internal static class VolumeGeometry
{
    /// <summary>Below this part of the product of the axes' lengths the axes count as parallel: a volume less than a millionth as thick as its axes say.</summary>
    private const double Flat = 1e-6;

    /// <summary>The grid, if its affine is finite and can be inverted. A single slice without a slice axis gets one: 1 mm, at right angles to the other two.</summary>
    /// <exception cref="GeometryException">It cannot; the message names the image, the axis and the fix.</exception>
    public static VolumeGrid Require(string subject, GridSize size, Affine affine)
    {
        if (!affine.IsFinite)
        {
            throw new GeometryException($"{subject} has no usable place in space: its affine is {affine}. Correct the header's directions and origin.");
        }

        if (size.K == 1 && affine.Spacing().K == 0)
        {
            affine = WithSliceAxis(affine);
        }

        var (i, j, k) = affine.Spacing();
        ReadOnlySpan<double> lengths = [i, j, k];
        for (var axis = 0; axis < 3; axis++)
        {
            if (lengths[axis] == 0)
            {
                throw new GeometryException(
                    $"{subject}: axis {"ijk"[axis]} is (0, 0, 0) mm; the header has no spacing along it. Set the spacing or the direction of that axis.");
            }
        }

        // Lengths below 1e-100 or above 1e100 would make the comparison itself meaningless.
        var scale = i * j * k;
        if (!double.IsNormal(scale) || !(Math.Abs(affine.Determinant) > Flat * scale))
        {
            throw new GeometryException(string.Create(
                CultureInfo.InvariantCulture,
                $"{subject}: its axes lie in one plane (affine {affine}, determinant {affine.Determinant:G3}). Correct the header's directions."));
        }

        return new VolumeGrid(size, affine);
    }

    private static Affine WithSliceAxis(in Affine a)
    {
        double x = (a.M10 * a.M21) - (a.M20 * a.M11), y = (a.M20 * a.M01) - (a.M00 * a.M21), z = (a.M00 * a.M11) - (a.M10 * a.M01);
        var length = Math.Sqrt((x * x) + (y * y) + (z * z));
        return length == 0 ? a : a with { M02 = x / length, M12 = y / length, M22 = z / length };
    }
}
