using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Resampling;

public sealed class ResizerTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [Theory]
    [InlineData(12, 10, 8, 5, 3, 4)]
    [InlineData(5, 3, 4, 12, 10, 8)]
    [InlineData(7, 7, 7, 7, 3, 9)]
    [InlineData(1, 6, 2, 4, 1, 1)]
    public void Resize_ByArea_IsTheMeanOfTheCoveredBox(int i, int j, int k, int toI, int toJ, int toK)
    {
        using var source = ResamplingReference.Scan(new GridSize(i, j, k), Affine.Identity, channels: 2);
        var target = new VolumeGrid(new GridSize(toI, toJ, toK), Affine.Identity);
        using var result = (Volume<float>)Resizer.Resize(new VolumeView(source), target, Interpolation.Area, false, Two);
        for (var c = 0; c < 2; c++)
        {
            for (var n = 0; n < target.Size.VoxelCount; n++)
            {
                var (x, y, z) = (n % toI, n / toI % toJ, n / toI / toJ);
                Assert.Equal(MeanOfBox(source, c, Range(x, i, toI), Range(y, j, toJ), Range(z, k, toK)), result[c, x, y, z], 1e-3);
            }
        }
    }

    [Fact]
    public void Resize_Nearest_TakesTheFloorAndNearestExactTheCentre()
    {
        using var source = new Volume<byte>(new VolumeGrid(new GridSize(5, 1, 1), Affine.Identity));
        ((ReadOnlySpan<byte>)[10, 11, 12, 13, 14]).CopyTo(source.Samples);
        var target = new VolumeGrid(new GridSize(3, 1, 1), Affine.Identity);
        using var floor = (Volume<byte>)Resizer.Resize(new VolumeView(source), target, Interpolation.Nearest, false, Two);
        using var centre = (Volume<byte>)Resizer.Resize(new VolumeView(source), target, Interpolation.NearestExact, false, Two);
        Assert.Equal([10, 11, 13], floor.Samples.ToArray());
        Assert.Equal([10, 12, 14], centre.Samples.ToArray());
    }

    [Fact]
    public void Resize_LinearWithAlignedCorners_KeepsTheCorners()
    {
        using var source = ResamplingReference.Scan(new GridSize(6, 5, 4), Affine.Identity);
        using var result = (Volume<float>)Resizer.Resize(new VolumeView(source), new VolumeGrid(new GridSize(11, 3, 9), Affine.Identity), Interpolation.Linear, true, Two);
        Assert.Equal(source[0, 0, 0, 0], result[0, 0, 0, 0]);
        Assert.Equal(source[0, 5, 4, 3], result[0, 10, 2, 8], 1e-3f);
        Assert.Equal(source[0, 1, 0, 0], result[0, 2, 0, 0], 1e-3f);
    }

    [Fact]
    public void Resize_EmptyImage_IsRefused()
    {
        using var source = new Volume<float>(new VolumeGrid(new GridSize(0, 3, 3), Affine.Identity));
        var target = new VolumeGrid(new GridSize(4, 4, 4), Affine.Identity);
        Assert.Throws<GeometryException>(() => Resizer.Resize(new VolumeView(source), target, Interpolation.Area, false, Two));
    }

    private static (int From, int To) Range(int n, int size, int length) => (n * size / length, (((n + 1) * size) + length - 1) / length);

    private static double MeanOfBox(Volume<short> source, int channel, (int From, int To) i, (int From, int To) j, (int From, int To) k)
    {
        double sum = 0;
        for (var z = k.From; z < k.To; z++)
        {
            for (var y = j.From; y < j.To; y++)
            {
                for (var x = i.From; x < i.To; x++)
                {
                    sum += source[channel, x, y, z];
                }
            }
        }

        return sum / ((i.To - i.From) * (j.To - j.From) * (k.To - k.From));
    }
}
