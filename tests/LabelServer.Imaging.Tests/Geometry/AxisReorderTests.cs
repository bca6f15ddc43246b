using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Tests.Resampling;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Geometry;

public sealed class AxisReorderTests
{
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public void Copy_AnyOrderAndDirection_EqualsTheCopyVoxelByVoxel(int i, int j, int k)
    {
        using var stored = ResamplingReference.Scan(new GridSize(19, 7, 33), Affine.Scaling(1, 2, 3), channels: 2);
        for (var flips = 0; flips < 8; flips++)
        {
            var axes = new AxisMap(i, j, k, (flips & 1) != 0, (flips & 2) != 0, (flips & 4) != 0);
            using var expected = ResamplingReference.Copy(stored, axes);
            using var found = (Volume<short>)AxisReorder.Copy(new VolumeView(stored, axes), new ParallelOptions { MaxDegreeOfParallelism = 2 });
            Assert.Equal(expected.Grid, found.Grid);
            Assert.True(expected.Samples.SequenceEqual(found.Samples), axes.ToString());
        }
    }

    [Fact]
    public void VolumeView_GridOfAnotherSize_IsRefused()
    {
        using var stored = ResamplingReference.Scan(new GridSize(2, 3, 4), Affine.Identity);
        Assert.Throws<ArgumentException>(() => new VolumeView(stored, AxisMap.Identity, new VolumeGrid(new GridSize(3, 2, 4), Affine.Identity)));
    }
}
