using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Volumes;

public sealed class SampleConversionTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void Convert_FloatToByte_CutsAndHoldsWithinTheRange()
    {
        using var volume = new Volume<float>(new VolumeGrid(new GridSize(6, 1, 1), Affine.Identity));
        ((ReadOnlySpan<float>)[1.9f, -0.9f, 300, -5, float.NaN, 254.99f]).CopyTo(volume.Samples);
        using var bytes = (Volume<byte>)SampleConversion.Convert(volume, SampleType.UInt8, Two);
        Assert.Equal([1, 0, 255, 0, 0, 254], bytes.Samples.ToArray());
    }

    [Theory]
    [InlineData(SampleType.UInt8)]
    [InlineData(SampleType.Int8)]
    [InlineData(SampleType.UInt16)]
    [InlineData(SampleType.Int16)]
    [InlineData(SampleType.UInt32)]
    [InlineData(SampleType.Int32)]
    [InlineData(SampleType.UInt64)]
    [InlineData(SampleType.Int64)]
    [InlineData(SampleType.Float32)]
    [InlineData(SampleType.Float64)]
    public void Convert_EveryType_ThereAndBackIsTheSame(SampleType type)
    {
        using var volume = new Volume<byte>(new VolumeGrid(new GridSize(100, 1, 1), Affine.Identity));
        for (var n = 0; n < 100; n++)
        {
            volume.Samples[n] = (byte)n;
        }

        using var there = SampleConversion.Convert(volume, type, Two);
        using var back = (Volume<byte>)SampleConversion.Convert(there, SampleType.UInt8, Two);
        Assert.Equal(type, there.SampleType);
        Assert.True(volume.Samples.SequenceEqual(back.Samples));
    }
}
