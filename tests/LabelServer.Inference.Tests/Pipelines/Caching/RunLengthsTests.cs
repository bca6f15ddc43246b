using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines.Caching;

namespace LabelServer.Inference.Tests.Pipelines.Caching;

public sealed class RunLengthsTests
{
    private static readonly VolumeGrid Grid = new(new GridSize(40, 30, 20), Affine.Scaling(1, 2, 3));

    [Fact]
    public void ToVolume_LabelsInRuns_GivesTheSameVolume()
    {
        using var labels = new Volume<ushort>(Grid);
        for (var at = 0; at < labels.Samples.Length; at++)
        {
            labels.Samples[at] = (ushort)(at / 37 % 3 * 400);
        }

        var runs = RunLengths.Of(labels)!;
        using var again = Assert.IsType<Volume<ushort>>(runs.ToVolume());

        Assert.Equal(labels.Samples.ToArray(), again.Samples.ToArray());
        Assert.Equal(Grid, again.Grid);
        Assert.True(runs.Bytes < labels.Samples.Length);
    }

    [Fact]
    public void Of_EveryVoxelAnother_KeepsNothing()
    {
        using var labels = new Volume<byte>(Grid);
        for (var at = 0; at < labels.Samples.Length; at++)
        {
            labels.Samples[at] = (byte)at;
        }

        Assert.Null(RunLengths.Of(labels));
    }

    [Fact]
    public void Of_ImageNumbers_KeepsNothing()
    {
        using var image = new Volume<float>(Grid);

        Assert.Null(RunLengths.Of(image));
    }
}
