using System.Globalization;

namespace LabelServer.Imaging.Geometry;

/// <summary>Which anatomical direction each voxel axis runs to, and how to turn one into another.</summary>
/// <remarks>
/// <para>Axis codes name the end that an axis runs to: L/R, P/A, I/S, so "RAS" means i to the right, j to the front, k to the top.</para>
/// <para>Which axis of an oblique or sheared image counts as which direction follows nibabel's <c>io_orientation</c>: the nearest rotation to the affine's unit columns (polar
/// decomposition), then for i, j, k in this order the largest entry among the directions not taken yet.</para>
/// </remarks>
public static class AnatomicalAxes
{
    private const string Negative = "LPI";
    private const string Positive = "RAS";

    /// <summary>The axis codes of an affine, such as "LPS".</summary>
    /// <exception cref="GeometryException">The affine is singular or not finite.</exception>
    public static string AxisCodes(Affine affine)
    {
        Span<int> direction = stackalloc int[3];
        Span<bool> negative = stackalloc bool[3];
        Of(affine, direction, negative);
        Span<char> codes = stackalloc char[3];
        for (var axis = 0; axis < 3; axis++)
        {
            codes[axis] = (negative[axis] ? Negative : Positive)[direction[axis]];
        }

        return new string(codes);
    }

    /// <summary>True when the text is three axis codes that name each direction once, such as "RAS" or "PIR".</summary>
    public static bool IsValidCode(string codes)
    {
        if (codes is not { Length: 3 })
        {
            return false;
        }

        var seen = 0;
        foreach (var code in codes)
        {
            var direction = Math.Max(Positive.IndexOf(code, StringComparison.Ordinal), Negative.IndexOf(code, StringComparison.Ordinal));
            seen |= direction < 0 ? 0 : 1 << direction;
        }

        return seen == 7;
    }

    /// <summary>The re-ordering of axes that turns an image with this affine to the given axis codes.</summary>
    /// <exception cref="ArgumentException">The codes are not valid.</exception>
    /// <exception cref="GeometryException">The affine is singular or not finite.</exception>
    public static AxisMap To(Affine affine, string codes)
    {
        if (!IsValidCode(codes))
        {
            throw new ArgumentException($"'{codes}' are no axis codes; expected three of L/R, P/A, I/S, each pair once, such as RAS.", nameof(codes));
        }

        Span<int> direction = stackalloc int[3], sources = stackalloc int[3];
        Span<bool> negative = stackalloc bool[3], flips = stackalloc bool[3];
        Of(affine, direction, negative);
        for (var target = 0; target < 3; target++)
        {
            var wanted = Positive.IndexOf(codes[target], StringComparison.Ordinal);
            var wantsNegative = wanted < 0;
            wanted = wantsNegative ? Negative.IndexOf(codes[target], StringComparison.Ordinal) : wanted;
            var source = direction.IndexOf(wanted);
            sources[target] = source;
            flips[target] = negative[source] != wantsNegative;
        }

        return AxisMap.From(sources, flips);
    }

    private static void Of(Affine affine, Span<int> direction, Span<bool> negative)
    {
        Span<double> rotation = stackalloc double[9];
        NearestRotation(affine, rotation);
        var taken = 0;
        for (var axis = 0; axis < 3; axis++)
        {
            var best = -1;
            for (var row = 0; row < 3; row++)
            {
                if ((taken & (1 << row)) == 0 && (best < 0 || Math.Abs(rotation[(row * 3) + axis]) > Math.Abs(rotation[(best * 3) + axis])))
                {
                    best = row;
                }
            }

            taken |= 1 << best;
            direction[axis] = best;
            negative[axis] = rotation[(best * 3) + axis] < 0;
        }
    }

    // Newton's iteration for the polar factor: R ← (R + R⁻ᵀ) / 2 converges quadratically from any regular matrix to the nearest orthogonal one.
    private static void NearestRotation(Affine affine, Span<double> rotation)
    {
        var (si, sj, sk) = affine.Spacing();
        Span<double> spacing = [si, sj, sk];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                rotation[(row * 3) + column] = affine[row, column] / (spacing[column] == 0 ? 1 : spacing[column]);
            }
        }

        for (var step = 0; step < 60; step++)
        {
            var current = new Affine(
                rotation[0], rotation[1], rotation[2], 0, rotation[3], rotation[4], rotation[5], 0, rotation[6], rotation[7], rotation[8], 0);
            if (!current.IsFinite || Math.Abs(current.Determinant) < 1e-12)
            {
                throw new GeometryException(string.Create(
                    CultureInfo.InvariantCulture, $"The affine {affine} has no orientation; an axis has no length, two axes are parallel or a value is not a number."));
            }

            var inverse = current.Inverse();
            var change = 0.0;
            for (var row = 0; row < 3; row++)
            {
                for (var column = 0; column < 3; column++)
                {
                    var next = (rotation[(row * 3) + column] + inverse[column, row]) / 2;
                    change = Math.Max(change, Math.Abs(next - rotation[(row * 3) + column]));
                    rotation[(row * 3) + column] = next;
                }
            }

            if (change < 1e-15)
            {
                return;
            }
        }
    }
}
