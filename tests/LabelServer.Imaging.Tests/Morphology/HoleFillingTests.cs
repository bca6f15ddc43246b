using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Morphology;

namespace LabelServer.Imaging.Tests.Morphology;

public sealed class HoleFillingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public void Fill_RandomMask_FillsWhatTheOutsideDoesNotReach(int seed, int connectivity)
    {
        var size = new GridSize(12, 10, 9);
        using var volume = MorphologyReference.Labels(size, labels: 1, seed);

        // Denser than half, so that there are holes.
        using var second = MorphologyReference.Labels(size, labels: 1, seed + 100);
        for (var n = 0; n < volume.Samples.Length; n++)
        {
            volume.Samples[n] |= second.Samples[n];
        }

        var expected = Filled(volume.Samples.ToArray(), size, connectivity);
        Assert.NotEqual(expected, volume.Samples.ToArray());
        HoleFilling.Fill(volume, null, connectivity, CancellationToken.None);
        Assert.Equal(expected, volume.Samples.ToArray());
    }

    private static byte[] Filled(byte[] values, GridSize size, int connectivity)
    {
        var reached = new bool[values.Length];
        var open = new Stack<int>();
        for (var n = 0; n < values.Length; n++)
        {
            var (i, j, k) = (n % size.I, n / size.I % size.J, n / size.I / size.J);
            if (values[n] == 0 && (i == 0 || i == size.I - 1 || j == 0 || j == size.J - 1 || k == 0 || k == size.K - 1))
            {
                reached[n] = true;
                open.Push(n);
            }
        }

        while (open.TryPop(out var at))
        {
            foreach (var other in MorphologyReference.Neighbours(at, size, connectivity))
            {
                if (values[other] == 0 && !reached[other])
                {
                    reached[other] = true;
                    open.Push(other);
                }
            }
        }

        return Array.ConvertAll(reached, r => r ? (byte)0 : (byte)1);
    }
}
