namespace LabelServer.Imaging.Phantoms;

/// <summary>A smooth random function of space with values in [-1, 1]: random numbers on a lattice, joined by cubic steps.</summary>
internal readonly struct ValueNoise(ulong seed, double cellMillimetres)
{
    private readonly double _scale = 1 / cellMillimetres;

    /// <summary>The value at a place.</summary>
    public double At(Point p)
    {
        double x = p.X * _scale, y = p.Y * _scale, z = p.Z * _scale;
        double fx = Math.Floor(x), fy = Math.Floor(y), fz = Math.Floor(z);
        long i = (long)fx, j = (long)fy, k = (long)fz;
        double u = Smooth(x - fx), v = Smooth(y - fy), w = Smooth(z - fz);
        return Mix(
            Mix(Mix(Node(i, j, k), Node(i + 1, j, k), u), Mix(Node(i, j + 1, k), Node(i + 1, j + 1, k), u), v),
            Mix(Mix(Node(i, j, k + 1), Node(i + 1, j, k + 1), u), Mix(Node(i, j + 1, k + 1), Node(i + 1, j + 1, k + 1), u), v),
            w);
    }

    private static double Smooth(double t) => t * t * (3 - (2 * t));

    private static double Mix(double a, double b, double t) => a + ((b - a) * t);

    private double Node(long i, long j, long k)
    {
        var key = seed + ((ulong)i * 0x8DA6B343) + ((ulong)j * 0xD8163841_00000001) + ((ulong)k * 0xCB1AB31F_0000A001);
        return (PhantomRandom.At(key) * 2) - 1;
    }
}
