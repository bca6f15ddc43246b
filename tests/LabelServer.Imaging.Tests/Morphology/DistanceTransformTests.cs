using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Morphology;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Morphology;

public sealed class DistanceTransformTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [Theory]
    [InlineData(1, 1.0, 1.0, 1.0)]
    [InlineData(2, 0.7, 1.9, 3.1)]
    public void Of_RandomMask_IsTheLeastOfAllDistances(int seed, double si, double sj, double sk)
    {
        var size = new GridSize(9, 8, 7);
        using var volume = new Volume<byte>(new VolumeGrid(size, Affine.Identity));
        var random = new Random(seed);
        foreach (ref var value in volume.Samples)
        {
            value = random.Next(20) == 0 ? (byte)0 : (byte)1;
        }

        using var found = DistanceTransform.Of(volume, (si, sj, sk), Two);
        for (var n = 0; n < size.VoxelCount; n++)
        {
            var least = double.PositiveInfinity;
            for (var m = 0; m < size.VoxelCount; m++)
            {
                var (di, dj, dk) = (((n % 9) - (m % 9)) * si, ((n / 9 % 8) - (m / 9 % 8)) * sj, ((n / 72) - (m / 72)) * sk);
                least = volume.Samples[m] == 0 ? Math.Min(least, (di * di) + (dj * dj) + (dk * dk)) : least;
            }

            Assert.Equal(Math.Sqrt(least), found.Samples[n], 1e-5);
        }
    }

    [Fact]
    public void Of_NoZero_IsInfinite()
    {
        using var volume = new Volume<byte>(new VolumeGrid(new GridSize(2, 2, 2), Affine.Identity));
        volume.Samples.Fill(1);
        using var found = DistanceTransform.Of(volume, (1, 1, 1), Two);
        Assert.All(found.Samples.ToArray(), d => Assert.Equal(float.PositiveInfinity, d));
    }
}
