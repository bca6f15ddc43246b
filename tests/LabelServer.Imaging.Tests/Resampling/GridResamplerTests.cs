using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Resampling;

public sealed class GridResamplerTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    // Sizes with one voxel on an axis, below and above one vector, primes; scales that refine and coarsen; none meets voxels half-way, where the reference may fall either way.
    public static TheoryData<int, int, int, double, Interpolation, OutOfBounds> Separable()
    {
        var data = new TheoryData<int, int, int, double, Interpolation, OutOfBounds>();
        foreach (var (i, j, k) in new[] { (1, 1, 1), (1, 7, 3), (5, 1, 4), (8, 9, 1), (17, 13, 11), (33, 3, 5), (67, 6, 7) })
        {
            foreach (var scale in new[] { 0.37, 0.81, 1.27, 2.3 })
            {
                foreach (var outside in new[] { OutOfBounds.Border, OutOfBounds.Zeros, OutOfBounds.Reflection })
                {
                    data.Add(i, j, k, scale, Interpolation.Linear, outside);
                    data.Add(i, j, k, scale, Interpolation.Nearest, outside);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Separable))]
    public void Resample_AnySize_MatchesReference(int i, int j, int k, double scale, Interpolation interpolation, OutOfBounds outside)
    {
        using var source = ResamplingReference.Scan(new GridSize(i, j, k), Affine.Identity, channels: 2);
        var target = new GridSize((int)(i / scale) + 2, (int)(j / scale) + 1, (int)(k / scale) + 3);
        var toSource = new Affine(scale, 0, 0, -0.3137, 0, scale * 1.1, 0, 0.1711, 0, 0, scale * 0.9, -0.4319);
        var options = new ResampleOptions(interpolation, outside);
        AssertMatches(source, target, toSource, options);
    }

    [Theory]
    [InlineData(Interpolation.Linear, OutOfBounds.Border)]
    [InlineData(Interpolation.Linear, OutOfBounds.Zeros)]
    [InlineData(Interpolation.Linear, OutOfBounds.Reflection)]
    [InlineData(Interpolation.Nearest, OutOfBounds.Border)]
    [InlineData(Interpolation.Nearest, OutOfBounds.Zeros)]
    public void Resample_ObliqueMapping_MatchesReference(Interpolation interpolation, OutOfBounds outside)
    {
        using var source = ResamplingReference.Scan(new GridSize(13, 11, 9), Affine.Identity, channels: 2);
        var toSource = new Affine(0.9, 0.21, -0.1, -1.3137, -0.17, 1.1, 0.05, 0.7071, 0.12, 0.03, 0.8, 0.4119);
        AssertMatches(source, new GridSize(15, 8, 10), toSource, new ResampleOptions(interpolation, outside));
    }

    [Theory]
    [InlineData(0, 1, 2, true, false, false)]
    [InlineData(0, 1, 2, true, true, true)]
    [InlineData(1, 0, 2, false, true, false)]
    [InlineData(2, 1, 0, false, false, true)]
    [InlineData(1, 2, 0, true, false, true)]
    [InlineData(2, 0, 1, true, true, false)]
    public void Resample_TurnedView_EqualsResamplingItsCopy(int i, int j, int k, bool flipI, bool flipJ, bool flipK)
    {
        var axes = new AxisMap(i, j, k, flipI, flipJ, flipK);
        using var stored = ResamplingReference.Scan(new GridSize(12, 7, 9), Affine.Scaling(1, 1.3, 2), channels: 2);
        using var copy = ResamplingReference.Copy(stored, axes);
        var toSource = new Affine(0.7, 0, 0, 0.1, 0, 1.4, 0, -0.2, 0, 0, 0.9, 0.3);
        var oblique = new Affine(0.7, 0.1, 0, 0.1, -0.1, 1.4, 0.2, -0.2, 0, 0, 0.9, 0.3);
        foreach (var mapping in new[] { toSource, oblique })
        {
            foreach (var interpolation in new[] { Interpolation.Linear, Interpolation.Nearest, Interpolation.Spline3 })
            {
                var grid = new VolumeGrid(new GridSize(9, 6, 11), Affine.Identity);
                using var turned = GridResampler.Resample(new VolumeView(stored, axes), grid, mapping, new ResampleOptions(interpolation), Two);
                using var plain = GridResampler.Resample(new VolumeView(copy), grid, mapping, new ResampleOptions(interpolation), Two);
                Assert.Equal(Floats(plain), Floats(turned), (a, b) => Math.Abs(a - b) <= 1e-3);
            }
        }
    }

    [Fact]
    public void Resample_SameGrid_GivesTheSameView()
    {
        using var source = ResamplingReference.Scan(new GridSize(5, 6, 7), new Affine(-1.5, 0, 0, 20, 0, -1.5, 0, 30, 0, 0, 3, -40));
        var view = new VolumeView(source);
        Assert.Same(source, GridResampler.Resample(view, source.Grid, new ResampleOptions(Interpolation.Linear), Two).Stored);
        var shifted = source.Grid with { Affine = source.Grid.Affine * Affine.Translation(1e-4, 0, 0) };
        Assert.Same(source, GridResampler.Resample(view, shifted, new ResampleOptions(Interpolation.Linear), Two).Stored);
    }

    [Fact]
    public void Resample_LinearRamp_IsExactInside()
    {
        using var source = new Volume<float>(new VolumeGrid(new GridSize(9, 8, 7), Affine.Identity));
        for (var n = 0; n < source.Samples.Length; n++)
        {
            source.Samples[n] = (n % 9) + (10 * (n / 9 % 8)) + (100 * (n / 72));
        }

        var grid = new VolumeGrid(new GridSize(5, 5, 5), Affine.Identity);
        using var result = (Volume<float>)GridResampler.Resample(new VolumeView(source), grid, new Affine(0.5, 0, 0, 1, 0, 0.25, 0, 2, 0, 0, 0.75, 0.5), new ResampleOptions(Interpolation.Linear), Two);
        Assert.Equal(1.5f + (10 * 2.75f) + (100 * 2.75f), result[0, 1, 3, 3], 1e-4f);
    }

    [Fact]
    public void Resample_Nearest_KeepsTheTypeAndInventsNoLabel()
    {
        using var source = new Volume<byte>(new VolumeGrid(new GridSize(20, 20, 20), Affine.Identity));
        var random = new Random(5);
        foreach (ref var value in source.Samples)
        {
            value = (byte)(random.Next(4) * 50);
        }

        var target = new VolumeGrid(new GridSize(33, 31, 29), Affine.Scaling(0.6, 0.63, 0.67));
        using var result = Assert.IsType<Volume<byte>>(GridResampler.Resample(new VolumeView(source), target, new ResampleOptions(Interpolation.Nearest), Two).Stored);
        Assert.Subset(source.Samples.ToArray().ToHashSet(), result.Samples.ToArray().ToHashSet());
    }

    [Theory]
    [InlineData(Interpolation.Linear)]
    [InlineData(Interpolation.Nearest)]
    [InlineData(Interpolation.Spline3)]
    public void Resample_ThreadCount_DoesNotChangeBits(Interpolation interpolation)
    {
        using var source = ResamplingReference.Scan(new GridSize(31, 17, 23), Affine.Identity);
        var grid = new VolumeGrid(new GridSize(40, 11, 30), Affine.Identity);
        var mapping = new Affine(0.77, 0, 0, 0.1, 0, 1.5, 0, 0, 0, 0, 0.73, 0.2);
        using var one = GridResampler.Resample(new VolumeView(source), grid, mapping, new ResampleOptions(interpolation), new ParallelOptions { MaxDegreeOfParallelism = 1 });
        using var four = GridResampler.Resample(new VolumeView(source), grid, mapping, new ResampleOptions(interpolation), new ParallelOptions { MaxDegreeOfParallelism = 4 });
        Assert.Equal(Floats(one), Floats(four));
    }

    [Fact]
    public void Resample_ZerosThatCancel_AreZeroWhereTheDoubleSumIs()
    {
        using var source = new Volume<short>(new VolumeGrid(new GridSize(2, 2, 2), Affine.Identity));
        (source[0, 0, 0, 0], source[0, 1, 0, 0]) = (1000, -1000);
        var grid = new VolumeGrid(new GridSize(3, 2, 2), Affine.Scaling(0.5, 1, 1));
        using var result = (Volume<float>)GridResampler.Resample(new VolumeView(source), grid, new ResampleOptions(Interpolation.Linear), Two).Stored;
        Assert.Equal(1000, result[0, 0, 0, 0], 1e-3f);
        Assert.Equal(0, result[0, 1, 0, 0], 1e-9f);
        Assert.Equal(0, result[0, 1, 1, 1]);
    }

    [Fact]
    public void Resample_SingularAffine_IsRefusedWithTheMatrix()
    {
        using var source = ResamplingReference.Scan(new GridSize(2, 2, 2), Affine.Scaling(1, 1, 0));
        var exception = Assert.Throws<GeometryException>(() => GridResampler.Resample(new VolumeView(source), source.Grid, new ResampleOptions(Interpolation.Linear), Two));
        Assert.Contains("cannot be inverted", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resample_Cancelled_Throws()
    {
        using var source = ResamplingReference.Scan(new GridSize(8, 8, 8), Affine.Identity);
        var cancelled = new ParallelOptions { CancellationToken = new CancellationToken(canceled: true) };
        var target = new VolumeGrid(new GridSize(4, 4, 4), Affine.Scaling(2, 2, 2));
        Assert.ThrowsAny<OperationCanceledException>(() => GridResampler.Resample(new VolumeView(source), target, new ResampleOptions(Interpolation.Linear), cancelled));
    }

    [Theory]
    [InlineData(Interpolation.Spline2)]
    [InlineData(Interpolation.Spline3)]
    [InlineData(Interpolation.Spline4)]
    [InlineData(Interpolation.Spline5)]
    public void Resample_Spline_PassesThroughTheSamples(Interpolation interpolation)
    {
        using var source = ResamplingReference.Scan(new GridSize(9, 7, 6), Affine.Identity);
        foreach (var outside in Enum.GetValues<OutOfBounds>())
        {
            using var result = (Volume<float>)GridResampler.Resample(new VolumeView(source), source.Grid, Affine.Identity, new ResampleOptions(interpolation, outside), Two);
            Assert.Equal(Array.ConvertAll(source.Samples.ToArray(), s => (float)s), result.Samples.ToArray(), (a, b) => Math.Abs(a - b) <= 0.01);
        }
    }

    private static void AssertMatches(Volume<short> source, GridSize target, Affine toSource, ResampleOptions options)
    {
        using var result = GridResampler.Resample(new VolumeView(source), new VolumeGrid(target, Affine.Identity), toSource, options, Two);

        // Float sums of values up to 1000: 1e-3 is one part in a million.
        Assert.Equal(ResamplingReference.Resample(source, target, toSource, options), Floats(result), (a, b) => Math.Abs(a - b) <= 1e-3);
    }

    private static float[] Floats(Volume volume)
    {
        using var floats = (Volume<float>)SampleConversion.Convert(volume, SampleType.Float32, Two);
        return floats.Samples.ToArray();
    }
}
