using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Cropping;

public sealed class ForegroundBoxTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void Find_TwoVoxels_GivesTheBoxThatHoldsBoth()
    {
        using var volume = new Volume<short>(new VolumeGrid(new GridSize(9, 8, 7), Affine.Identity), channels: 2);
        (volume[0, 2, 6, 1], volume[1, 5, 3, 4]) = (7, 9);
        Assert.Equal([(2, 6), (3, 7), (1, 5)], ForegroundBox.Find(new VolumeView(volume), ValueSelection.Positive, null, Two)!);
        Assert.Equal([(5, 6), (3, 4), (4, 5)], ForegroundBox.Find(new VolumeView(volume), ValueSelection.Positive, [1], Two)!);
        Assert.Equal([(5, 6), (3, 4), (4, 5)], ForegroundBox.Find(new VolumeView(volume), new ValueSelection(ValueComparison.Greater, 7), null, Two)!);
    }

    [Fact]
    public void Find_TurnedView_GivesSeenIndices()
    {
        using var volume = new Volume<short>(new VolumeGrid(new GridSize(9, 8, 7), Affine.Identity));
        volume[0, 2, 6, 1] = 7;
        var view = new VolumeView(volume, new AxisMap(2, 0, 1, true, false, true));
        Assert.Equal([(5, 6), (2, 3), (1, 2)], ForegroundBox.Find(view, ValueSelection.Positive, null, Two)!);
    }

    [Fact]
    public void Find_NothingSelected_GivesNull()
    {
        using var volume = new Volume<float>(new VolumeGrid(new GridSize(3, 3, 3), Affine.Identity));
        Assert.Null(ForegroundBox.Find(new VolumeView(volume), ValueSelection.Positive, null, Two));
    }

    [Fact]
    public void Find_ChannelThatIsNotThere_IsRefused()
    {
        using var volume = new Volume<float>(new VolumeGrid(new GridSize(3, 3, 3), Affine.Identity));
        var exception = Assert.Throws<VolumeUnsupportedException>(() => ForegroundBox.Find(new VolumeView(volume), ValueSelection.Positive, [1], Two)!);
        Assert.Contains("Channel 1", exception.Message, StringComparison.Ordinal);
    }
}
