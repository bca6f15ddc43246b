using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Phantoms;

/// <summary>Lays a grid of any orientation around a body.</summary>
internal static class PhantomGrid
{
    private const string Letters = "RLAPSI";

    /// <summary>The smallest grid with that voxel size and orientation that holds the body's extent.</summary>
    /// <exception cref="ArgumentException">The spacing, the orientation or the turn is out of its range.</exception>
    public static VolumeGrid Around(Point halfExtent, (double I, double J, double K) spacing, string orientation, double degrees)
    {
        if (!InRange(spacing.I) || !InRange(spacing.J) || !InRange(spacing.K))
        {
            throw new ArgumentException($"The spacing is {spacing} mm; 0.5 to 20 mm is possible.", nameof(spacing));
        }

        if (!(Math.Abs(degrees) <= 30))
        {
            throw new ArgumentException($"The scan is turned by {degrees} degrees; 30 at most are possible.", nameof(degrees));
        }

        var axes = AxesOf(orientation);
        double[] half = [halfExtent.X, halfExtent.Y, halfExtent.Z], steps = [spacing.I, spacing.J, spacing.K];
        var sizes = new int[3];
        Span<double> rows = stackalloc double[12];
        for (var axis = 0; axis < 3; axis++)
        {
            var (world, sign) = axes[axis];
            sizes[axis] = (int)Math.Ceiling(2 * half[world] / steps[axis]);
            rows[(world * 4) + axis] = sign * steps[axis];
        }

        var affine = Turn(degrees) * Affine.FromRows(rows);

        // The middle of the grid lies in the middle of the body.
        var (x, y, z) = affine.Apply((sizes[0] - 1) / 2.0, (sizes[1] - 1) / 2.0, (sizes[2] - 1) / 2.0);
        return new VolumeGrid(new GridSize(sizes[0], sizes[1], sizes[2]), Affine.Translation(-x, -y, -z) * affine);
    }

    private static bool InRange(double spacing) => spacing is >= 0.5 and <= 20;

    /// <summary>For each voxel axis the world axis and the sign.</summary>
    private static (int World, int Sign)[] AxesOf(string orientation)
    {
        var axes = orientation.ToUpperInvariant().Select(c => Letters.IndexOf(c, StringComparison.Ordinal)).ToArray();
        if (axes.Length != 3 || axes.Any(a => a < 0) || axes.Select(a => a / 2).Distinct().Count() != 3)
        {
            throw new ArgumentException($"The orientation is '{orientation}'; it needs one letter of R and L, one of A and P, and one of S and I.", nameof(orientation));
        }

        return [.. axes.Select(a => (a / 2, a % 2 == 0 ? 1 : -1))];
    }

    /// <summary>A turn about all three axes by the same angle; the tangent of half of it comes from a short series, the same on every machine.</summary>
    private static Affine Turn(double degrees)
    {
        var half = degrees * (3.14159265358979 / 360);
        var t = half + (half * half * half / 3) + (half * half * half * half * half * 2 / 15);
        double c = (1 - (t * t)) / (1 + (t * t)), s = 2 * t / (1 + (t * t));
        return new Affine(1, 0, 0, 0, 0, c, -s, 0, 0, s, c, 0) * new Affine(c, 0, s, 0, 0, 1, 0, 0, -s, 0, c, 0) * new Affine(c, -s, 0, 0, s, c, 0, 0, 0, 0, 1, 0);
    }
}
