using LabelServer.Imaging.Intensity;

namespace LabelServer.Imaging.Tests.Intensity;

public sealed class PercentilesTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1001)]
    [InlineData(70000)]
    public void Of_AnyCount_EqualsInterpolationInTheSortedSamples(int count)
    {
        var random = new Random(count);
        var samples = new float[count];
        for (var n = 0; n < count; n++)
        {
            samples[n] = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4)));
        }

        var sorted = samples.Order().ToArray();
        double[] percent = [0, 0.5, 1, 33.3, 50, 99, 99.5, 100];
        var found = Percentiles.Of(samples, percent, Two);
        for (var n = 0; n < percent.Length; n++)
        {
            var rank = percent[n] / 100 * (count - 1);
            double low = sorted[(int)Math.Floor(rank)], high = sorted[(int)Math.Ceiling(rank)];
            Assert.Equal(low + ((high - low) * (rank - Math.Floor(rank))), found[n]);
        }
    }

    [Fact]
    public void Of_NoSamples_IsRefused() => Assert.Throws<VolumeUnsupportedException>(() => Percentiles.Of(Memory<float>.Empty, [50], Two));
}
