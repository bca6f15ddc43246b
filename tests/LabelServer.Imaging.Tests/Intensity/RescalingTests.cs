using LabelServer.Imaging.Intensity;

namespace LabelServer.Imaging.Tests.Intensity;

public sealed class RescalingTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void Normalise_Nonzero_LeavesZerosOutAndAlone()
    {
        float[] samples = [0, 2, 4, 0, 6];
        Rescaling.Normalise(samples, null, null, nonzero: true, Two);
        var deviation = MathF.Sqrt(8f / 3);
        Assert.Equal([0, -2 / deviation, 0, 0, 2 / deviation], samples, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Normalise_ConstantImage_IsZero()
    {
        float[] samples = [3, 3, 3];
        Rescaling.Normalise(samples, null, null, nonzero: false, Two);
        Assert.Equal([0, 0, 0], samples);
    }

    [Fact]
    public void Normalise_NothingButZeros_StaysAsItIs()
    {
        float[] samples = [0, 0];
        Rescaling.Normalise(samples, null, null, nonzero: true, Two);
        Assert.Equal([0, 0], samples);
    }

    [Fact]
    public void ToRange_ConstantImage_BecomesValueTimesMinimum()
    {
        float[] samples = [3.5f, 3.5f];
        Rescaling.ToRange(samples, -1, 1, Two);
        Assert.Equal([-3.5f, -3.5f], samples);
    }

    [Fact]
    public void FromRange_EmptySourceRange_OnlySubtracts()
    {
        float[] samples = [4, 7];
        Rescaling.FromRange(samples, 5, 5, 0, 1, clip: true, Two);
        Assert.Equal([-1, 2], samples);
    }

    [Fact]
    public void MeanAndDeviation_ThreadCount_DoesNotChangeBits()
    {
        var random = new Random(3);
        var samples = new float[300_000];
        for (var n = 0; n < samples.Length; n++)
        {
            samples[n] = (float)random.NextDouble();
        }

        Assert.Equal(
            SampleStatistics.MeanAndDeviation(samples, false, new ParallelOptions { MaxDegreeOfParallelism = 1 }),
            SampleStatistics.MeanAndDeviation(samples, false, new ParallelOptions { MaxDegreeOfParallelism = 4 }));
    }
}
