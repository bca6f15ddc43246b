using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Nrrd;

/// <summary>The place of a NRRD volume in RAS+.</summary>
/// <remarks>Source: the NRRD format, field "space". A space's letters name the directions in which its coordinates grow.</remarks>
internal static class NrrdGeometry
{
    /// <summary>The grid of a header.</summary>
    /// <exception cref="VolumeTooLargeException">A size is beyond any memory.</exception>
    /// <exception cref="GeometryException">The directions are not finite or lie in one plane.</exception>
    public static VolumeGrid GridOf(NrrdAxes axes, string? space, GridSize size, string subject)
    {
        Span<double> rows = stackalloc double[12];
        var column = 0;
        foreach (var direction in axes.Directions)
        {
            if (direction is null)
            {
                continue;
            }

            for (var row = 0; row < Math.Min(3, direction.Length); row++)
            {
                rows[(row * 4) + column] = direction[row];
            }

            column++;
        }

        for (var row = 0; row < Math.Min(3, axes.Origin.Length); row++)
        {
            rows[(row * 4) + 3] = axes.Origin[row];
        }

        var (x, y) = SignsOf(space, subject);
        for (var n = 0; n < 4; n++)
        {
            // Subtracting from zero keeps a zero positive.
            rows[n] = x < 0 ? 0 - rows[n] : rows[n];
            rows[4 + n] = y < 0 ? 0 - rows[4 + n] : rows[4 + n];
        }

        return VolumeGeometry.Require(subject, size, Affine.FromRows(rows));
    }

    /// <summary>The size along the three spatial axes; a two-dimensional image has one slice.</summary>
    public static GridSize SizeOf(NrrdAxes axes)
    {
        var sizes = Enumerable.Range(0, axes.Sizes.Length).Where(a => axes.Directions[a] is not null).Select(a => checked((int)axes.Sizes[a])).ToArray();
        return new(sizes[0], sizes[1], sizes.Length > 2 ? sizes[2] : 1);
    }

    /// <summary>
    /// What x and y are multiplied with to become RAS. A header without a space is LPS, as ITK and MONAI take it, and so are the scanner's own axes, which are LPS for a
    /// patient in normal position (Teem, nrrdEnums.h), and the anonymous right- and left-handed spaces, whose numbers ITK leaves alone.
    /// </summary>
    private static (int X, int Y) SignsOf(string? space, string subject) => space?.ToLowerInvariant() switch
    {
        "right-anterior-superior" or "ras" or "right-anterior-superior-time" or "rast" => (1, 1),
        "left-anterior-superior" or "las" or "left-anterior-superior-time" or "last" => (-1, 1),
        null or "left-posterior-superior" or "lps" or "left-posterior-superior-time" or "lpst"
            or "scanner-xyz" or "scanner-xyz-time"
            or "3d-right-handed" or "3d-right-handed-time" or "3d-left-handed" or "3d-left-handed-time" => (-1, -1),
        _ => throw new VolumeUnsupportedException(
            $"{subject} is in the space '{NrrdFields.Shorten(space)}', which is not known. Save it in left-posterior-superior or right-anterior-superior."),
    };
}
