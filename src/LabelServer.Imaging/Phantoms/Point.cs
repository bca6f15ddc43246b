namespace LabelServer.Imaging.Phantoms;

/// <summary>A place in the body: millimetres to the right, to the front and to the top from its middle.</summary>
internal readonly record struct Point(double X, double Y, double Z)
{
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public double Dot(Point other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);
}
