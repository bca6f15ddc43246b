using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;

namespace LabelServer.Inference.Tests.Pipelines;

public sealed class LabelStatisticsTests
{
    [Fact]
    public void Of_AnyMap_AreThoseOfAPlainLoop()
    {
        using var labels = new Volume<ushort>(new VolumeGrid(new GridSize(37, 11, 9), Affine.Identity));
        for (var index = 0; index < labels.Samples.Length; index++)
        {
            // Runs of several lengths, some across rows, with gaps.
            labels.Samples[index] = (ushort)(index / 5 * 7 % 4 * (index % 13 > 2 ? 300 : 0));
        }

        var statistics = LabelStatistics.Of(labels, new ParallelOptions());

        var expected = new SortedDictionary<int, (long N, long I, long J, long K)>();
        for (var k = 0; k < 9; k++)
        {
            for (var j = 0; j < 11; j++)
            {
                for (var i = 0; i < 37; i++)
                {
                    if (labels[0, i, j, k] is var value and > 0)
                    {
                        var sum = expected.GetValueOrDefault(value);
                        expected[value] = (sum.N + 1, sum.I + i, sum.J + j, sum.K + k);
                    }
                }
            }
        }

        Assert.Equal([.. expected.Select(e => new LabelCentroid(e.Key, (int)(e.Value.I / e.Value.N), (int)(e.Value.J / e.Value.N), (int)(e.Value.K / e.Value.N)))], statistics.Centroids);
        Assert.Equal(new GridSize(36, 10, 8), statistics.BoundingBox!.High);
    }

    [Fact]
    public void Of_EmptyMap_AreEmpty()
    {
        using var labels = new Volume<byte>(new VolumeGrid(new GridSize(3, 3, 3), Affine.Identity));

        var statistics = LabelStatistics.Of(labels, new ParallelOptions());

        Assert.Empty(statistics.Centroids);
        Assert.Null(statistics.BoundingBox);
    }
}
