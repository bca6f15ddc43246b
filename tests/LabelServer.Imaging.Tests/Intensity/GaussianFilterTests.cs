using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Intensity;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Intensity;

public sealed class GaussianFilterTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.4)]
    [InlineData(1.3)]
    [InlineData(4.0)]
    public void Apply_Impulse_GivesTheProductOfTheWeights(double sigma)
    {
        using var volume = new Volume<float>(new VolumeGrid(new GridSize(9, 8, 7), Affine.Identity), channels: 2);
        volume[1, 4, 3, 2] = 1;
        GaussianFilter.Apply(volume, [sigma], GaussianApproximation.ErrorFunction, new ParallelOptions { MaxDegreeOfParallelism = 2 });
        var weights = GaussianKernel.Weights(sigma, GaussianApproximation.ErrorFunction);
        float Weight(int distance) => Math.Abs(distance) <= weights.Length / 2 ? weights[(weights.Length / 2) + distance] : 0;
        for (var n = 0; n < volume.Size.VoxelCount; n++)
        {
            var (i, j, k) = (n % 9, n / 9 % 8, n / 72);
            Assert.Equal(0, volume[0, i, j, k]);
            Assert.Equal(Weight(i - 4) * Weight(j - 3) * Weight(k - 2), volume[1, i, j, k], 1e-6f);
        }
    }

    [Theory]
    [InlineData(GaussianApproximation.ErrorFunction)]
    [InlineData(GaussianApproximation.Sampled)]
    [InlineData(GaussianApproximation.ScaleSpace)]
    public void Weights_AnyApproximation_SumToNearlyOne(GaussianApproximation approximation) =>
        Assert.Equal(1, GaussianKernel.Weights(2, approximation).Sum(), 1e-3f);

    // Values from Abramowitz and Stegun, table 7.1.
    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.5, 0.5204998778)]
    [InlineData(1.0, 0.8427007929)]
    [InlineData(2.0, 0.9953222650)]
    [InlineData(2.6, 0.9997639656)]
    [InlineData(3.0, 0.9999779095)]
    public void Erf_TabulatedArguments_AreTabulatedValues(double x, double expected)
    {
        Assert.Equal(expected, ErrorFunction.Erf(x), 1e-10);
        Assert.Equal(-expected, ErrorFunction.Erf(-x), 1e-10);
    }
}
