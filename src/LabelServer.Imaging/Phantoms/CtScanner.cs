using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Phantoms;

/// <summary>Takes the image of a body: partial volume, a little blur within the slice, noise, and the range of a scanner.</summary>
internal static class CtScanner
{
    /// <summary>What scanners give for nothing at all.</summary>
    private const short Lowest = -1024;
    private const short Highest = 3071;

    /// <summary>Scans onto a grid. The label of a voxel is the structure that most of its eight samples lie in.</summary>
    public static (Volume<short> Image, Volume<byte> Label) Scan(Anatomy anatomy, VolumeGrid grid, double noise, ulong seed)
    {
        var image = new Volume<short>(grid, clear: false);
        var label = new Volume<byte>(grid, clear: false);
        try
        {
            Parallel.For(0, grid.Size.K, k => ScanSlice(anatomy, image, label, k, noise, seed));
            return (image, label);
        }
        catch
        {
            image.Dispose();
            label.Dispose();
            throw;
        }
    }

    private static void ScanSlice(Anatomy anatomy, Volume<short> image, Volume<byte> label, int k, double noise, ulong seed)
    {
        var (sizeI, sizeJ, _) = image.Size;
        var pixels = sizeI * sizeJ;
        var sharp = new double[pixels];
        var labels = label.Samples.Slice(k * pixels, pixels);
        for (var j = 0; j < sizeJ; j++)
        {
            for (var i = 0; i < sizeI; i++)
            {
                (sharp[(j * sizeI) + i], labels[(j * sizeI) + i]) = Voxel(anatomy, image.Grid.Affine, i, j, k);
            }
        }

        var samples = image.Samples.Slice(k * pixels, pixels);
        for (var j = 0; j < sizeJ; j++)
        {
            for (var i = 0; i < sizeI; i++)
            {
                var n = (j * sizeI) + i;
                var value = Blur(sharp, sizeI, sizeJ, i, j);

                // Around the body scanners' air is cut off at the lowest value, noise and all.
                value = value < -990 ? Lowest : value + (noise * Gauss(seed + ((ulong)k * (ulong)pixels) + (ulong)n));
                samples[n] = (short)Math.Clamp(Math.Round(value), Lowest, Highest);
            }
        }
    }

    private static (double Hounsfield, byte Label) Voxel(Anatomy anatomy, in Affine affine, int i, int j, int k)
    {
        Span<byte> votes = stackalloc byte[CtPhantom.LabelNames.Count];
        votes.Clear();
        double sum = 0, texture = 0;
        for (var corner = 0; corner < 8; corner++)
        {
            var (x, y, z) = affine.Apply(i + ((corner & 1) * 0.5) - 0.25, j + ((corner >> 1 & 1) * 0.5) - 0.25, k + ((corner >> 2) * 0.5) - 0.25);
            var tissue = anatomy.At(new Point(x, y, z));
            sum += tissue.Hounsfield;
            texture += tissue.Texture;
            votes[(int)tissue.Label]++;
        }

        var winner = 0;
        for (var n = 1; n < votes.Length; n++)
        {
            winner = votes[n] > votes[winner] ? n : winner;
        }

        // The grain is coarser than a voxel: one look at it is enough.
        var (cx, cy, cz) = affine.Apply(i, j, k);
        return ((sum + (texture == 0 ? 0 : texture * anatomy.GrainAt(new Point(cx, cy, cz)))) / 8, (byte)winner);
    }

    /// <summary>One eighth of each neighbour within the slice, half of the pixel itself.</summary>
    private static double Blur(double[] pixels, int sizeI, int sizeJ, int i, int j)
    {
        double At(int x, int y) => pixels[(Math.Clamp(y, 0, sizeJ - 1) * sizeI) + Math.Clamp(x, 0, sizeI - 1)];
        return (0.5 * At(i, j)) + (0.125 * (At(i - 1, j) + At(i + 1, j) + At(i, j - 1) + At(i, j + 1)));
    }

    /// <summary>A number of mean 0 and deviation 1, nearly normal: the sum of four even ones. Needs no logarithm, hence is the same on every machine.</summary>
    private static double Gauss(ulong key)
    {
        var mixed = PhantomRandom.Mix(key);
        double sum = -2;
        for (var n = 0u; n < 4; n++)
        {
            sum += PhantomRandom.At(mixed + n);
        }

        return sum * 1.7320508075688772;
    }
}
