using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Labels;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Labels;

public sealed class DiscretiseTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [Theory]
    [InlineData(3, SampleType.UInt8)]
    [InlineData(256, SampleType.UInt8)]
    [InlineData(257, SampleType.UInt16)]
    public void Argmax_OfEqualScores_TakesTheFirst(int channels, SampleType type)
    {
        using var scores = new Volume<float>(new VolumeGrid(new GridSize(5, 3, 2), Affine.Identity), channels);
        scores[channels - 1, 1, 1, 1] = 2;
        (scores[1, 4, 2, 1], scores[2, 4, 2, 1]) = (3, 3);
        scores[channels - 1, 0, 0, 0] = float.NaN;
        using var labels = Discretise.Argmax(scores, Two);
        using var values = (Volume<int>)SampleConversion.Convert(labels, SampleType.Int32, Two);
        Assert.Equal(type, labels.SampleType);
        Assert.Equal((channels - 1, 1, channels - 1, 0), (values[0, 1, 1, 1], values[0, 4, 2, 1], values[0, 0, 0, 0], values[0, 2, 0, 0]));
    }

    [Fact]
    public void OneHot_LabelBeyondTheClasses_IsRefusedWithTheLabel()
    {
        using var labels = new Volume<short>(new VolumeGrid(new GridSize(2, 2, 2), Affine.Identity));
        labels[0, 1, 1, 1] = 7;
        var exception = Assert.Throws<VolumeUnsupportedException>(() => Discretise.OneHot(labels, 5, Two));
        Assert.Equal("The label 7 has no place in a one-hot form of 5 classes (0 to 4).", exception.Message);
    }

    [Fact]
    public void Threshold_FloatNearItsLimit_ComparesInFloat()
    {
        using var scores = new Volume<float>(new VolumeGrid(new GridSize(2, 1, 1), Affine.Identity));
        (scores[0, 0, 0, 0], scores[0, 1, 0, 0]) = (0.3f, 0.2999f);
        using var mask = Discretise.Threshold(scores, 0.3, Two);
        Assert.Equal([1, 0], mask.Samples.ToArray());
    }

    [Fact]
    public void Softmax_HugeScores_DoesNotOverflow()
    {
        using var scores = new Volume<float>(new VolumeGrid(new GridSize(2, 1, 1), Affine.Identity), channels: 2);
        (scores[0, 0, 0, 0], scores[1, 0, 0, 0]) = (1000, 1000);
        (scores[0, 1, 0, 0], scores[1, 1, 0, 0]) = (-1000, 1000);
        Activation.Softmax(scores, 0, Two);
        Assert.Equal([0.5f, 0, 0.5f, 1], scores.Samples.ToArray());
    }
}
