namespace LabelServer.Imaging.Phantoms;

/// <summary>A round tube along a chain of points.</summary>
internal sealed class Tube
{
    private readonly Point[] _points;
    private readonly double _radius;
    private readonly Point _low;
    private readonly Point _high;

    /// <summary>Creates a tube of a radius in mm.</summary>
    public Tube(double radius, params Point[] points)
    {
        _points = points;
        _radius = radius;
        _low = new(points.Min(p => p.X) - radius, points.Min(p => p.Y) - radius, points.Min(p => p.Z) - radius);
        _high = new(points.Max(p => p.X) + radius, points.Max(p => p.Y) + radius, points.Max(p => p.Z) + radius);
    }

    /// <summary>True inside.</summary>
    public bool Contains(Point p)
    {
        if (p.X < _low.X || p.X > _high.X || p.Y < _low.Y || p.Y > _high.Y || p.Z < _low.Z || p.Z > _high.Z)
        {
            return false;
        }

        for (var n = 1; n < _points.Length; n++)
        {
            Point axis = _points[n] - _points[n - 1], d = p - _points[n - 1];
            var t = Math.Clamp(d.Dot(axis) / axis.Dot(axis), 0, 1);
            var away = new Point(d.X - (t * axis.X), d.Y - (t * axis.Y), d.Z - (t * axis.Z));
            if (away.Dot(away) < _radius * _radius)
            {
                return true;
            }
        }

        return false;
    }
}
