namespace LabelServer.Imaging.Phantoms;

/// <summary>A turned ellipsoid, or with fourth powers a rounded box. Only arithmetic and square roots are used, so that every machine finds the same voxels inside.</summary>
internal readonly struct Ellipsoid
{
    private readonly Point _centre;
    private readonly Point _u;
    private readonly Point _v;
    private readonly Point _w;
    private readonly double _reach;

    /// <summary>Creates one.</summary>
    /// <param name="centre">Its middle.</param>
    /// <param name="radii">Half its length along each of its axes, mm.</param>
    /// <param name="tilt">Half-angle tangents of its turns about x, y and z.</param>
    public Ellipsoid(Point centre, Point radii, Point tilt = default)
    {
        _centre = centre;
        Point x = new(1, 0, 0), y = new(0, 1, 0), z = new(0, 0, 1);
        (y, z) = Turn(y, z, tilt.X);
        (z, x) = Turn(z, x, tilt.Y);
        (x, y) = Turn(x, y, tilt.Z);
        _u = Scale(x, 1 / radii.X);
        _v = Scale(y, 1 / radii.Y);
        _w = Scale(z, 1 / radii.Z);
        _reach = Math.Max(radii.X, Math.Max(radii.Y, radii.Z)) * 1.45;
    }

    /// <summary>Below 0 inside, 0 on the surface, growing outside; a large number where the surface is far.</summary>
    public double Level(Point p)
    {
        var d = p - _centre;
        if (IsFar(d))
        {
            return 9;
        }

        double a = d.Dot(_u), b = d.Dot(_v), c = d.Dot(_w);
        return (a * a) + (b * b) + (c * c) - 1;
    }

    /// <summary>The same for a box with rounded edges.</summary>
    public double BoxLevel(Point p)
    {
        var d = p - _centre;
        if (IsFar(d))
        {
            return 9;
        }

        double a = d.Dot(_u), b = d.Dot(_v), c = d.Dot(_w);
        return (a * a * a * a) + (b * b * b * b) + (c * c * c * c) - 1;
    }

    /// <summary>True inside.</summary>
    public bool Contains(Point p) => Level(p) < 0;

    private static (Point A, Point B) Turn(Point a, Point b, double t)
    {
        // cos and sin from the tangent of half the angle: no transcendental function, hence no difference between machines.
        double cos = (1 - (t * t)) / (1 + (t * t)), sin = 2 * t / (1 + (t * t));
        return (Scale(a, cos) + Scale(b, sin), Scale(b, cos) - Scale(a, sin));
    }

    private static Point Scale(Point p, double factor) => new(p.X * factor, p.Y * factor, p.Z * factor);

    private bool IsFar(Point d) => Math.Abs(d.X) > _reach || Math.Abs(d.Y) > _reach || Math.Abs(d.Z) > _reach;
}
