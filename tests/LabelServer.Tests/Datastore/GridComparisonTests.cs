using LabelServer.Datastore.Checks;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Tests.Datastore;

public sealed class GridComparisonTests
{
    private static readonly Affine Oblique = new(0.8, -0.3, 0.1, -90, 0.25, 0.9, -0.2, 40.5, 0.05, 0.22, 2.4, -700);

    /// <summary>All 6 orders and 8 directions of the axes.</summary>
    public static TheoryData<int, int, int, int> Orientations
    {
        get
        {
            var data = new TheoryData<int, int, int, int>();
            foreach (var (i, j, k) in new[] { (0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0) })
            {
                for (var flips = 0; flips < 8; flips++)
                    data.Add(i, j, k, flips);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void EachOf48Orientations_IsTheSameGrid(int i, int j, int k, int flips)
    {
        var image = new VolumeGrid(new GridSize(7, 5, 3), Oblique);
        Assert.Equal(GridFit.Same, GridComparison.Compare(image, Turned(image, i, j, k, flips), out _));
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void EachOf48Orientations_WithEqualSizes_IsTheSameGrid(int i, int j, int k, int flips)
    {
        var image = new VolumeGrid(new GridSize(4, 4, 4), Oblique);
        Assert.Equal(GridFit.Same, GridComparison.Compare(image, Turned(image, i, j, k, flips), out _));
    }

    [Theory]
    [InlineData(0, GridFit.Same)]
    [InlineData(0.009, GridFit.Same)]
    [InlineData(0.3, GridFit.Near)]
    [InlineData(0.49, GridFit.Near)]
    [InlineData(0.51, GridFit.Different)]
    [InlineData(1, GridFit.Different)]
    public void AShiftInVoxels_CountsFromHalfAVoxelOn(double voxels, object expected)
    {
        var image = new VolumeGrid(new GridSize(10, 10, 10), Affine.Scaling(2, 2, 2));
        var label = image with { Affine = Affine.Translation(2 * voxels, 0, 0) * image.Affine };
        Assert.Equal((GridFit)expected, GridComparison.Compare(image, label, out var deviation));
        Assert.Equal(voxels, deviation, 9);
    }

    [Fact]
    public void OtherSpacing_ShowsAtTheFarCorner()
    {
        var image = new VolumeGrid(new GridSize(101, 10, 10), Affine.Scaling(1, 1, 1));
        Assert.Equal(GridFit.Near, GridComparison.Compare(image, image with { Affine = Affine.Scaling(1.004, 1, 1) }, out _));
        Assert.Equal(GridFit.Different, GridComparison.Compare(image, image with { Affine = Affine.Scaling(1.006, 1, 1) }, out _));
    }

    [Fact]
    public void OtherShape_IsDifferent() => Assert.Equal(
        GridFit.Different, GridComparison.Compare(new(new GridSize(4, 4, 4), Affine.Identity), new(new GridSize(4, 4, 5), Affine.Identity), out _));

    [Fact]
    public void AShearedImage_TakesTheOrthogonalMatrixOfItkByShape()
    {
        var sheared = new VolumeGrid(new GridSize(4, 5, 6), new(1, 0.2, 0, 0, 0, 1, 0.1, 0, 0, 0, 3, 0));
        Assert.Equal(GridFit.MadeOrthogonal, GridComparison.Compare(sheared, sheared with { Affine = new(1, 0.1, 0, 7, -0.1, 1, 0, 7, 0, 0, 3, 7) }, out _));
        Assert.Equal(GridFit.Different, GridComparison.Compare(sheared, new(new GridSize(4, 6, 5), Affine.Scaling(9, 9, 9)), out _));
        Assert.Equal(GridFit.Same, GridComparison.Compare(sheared, sheared, out _));
    }

    [Fact]
    public void AnOrthogonalImage_DoesNotTakeAnotherMatrixByShape()
    {
        var image = new VolumeGrid(new GridSize(4, 5, 6), Affine.Identity);
        Assert.Equal(GridFit.Different, GridComparison.Compare(image, image with { Affine = Affine.Scaling(2, 2, 2) }, out _));
    }

    [Fact]
    public void ASingleSlice_IsComparedInItsPlane()
    {
        var image = new VolumeGrid(new GridSize(8, 8, 1), Affine.Scaling(1, 1, 5));
        Assert.Equal(GridFit.Same, GridComparison.Compare(image, image with { Affine = Affine.Scaling(1, 1, -1) }, out _));
        Assert.Equal(GridFit.Different, GridComparison.Compare(image, image with { Affine = Affine.Scaling(1.2, 1, 5) }, out _));
    }

    /// <summary>The same voxels with label axis 0 along image axis <paramref name="i"/> and so on, some backwards.</summary>
    private static VolumeGrid Turned(VolumeGrid image, int i, int j, int k, int flips)
    {
        int[] order = [i, j, k];
        var rows = new double[12];
        for (var axis = 0; axis < 3; axis++)
        {
            var backwards = (flips & (1 << axis)) != 0;
            rows[(order[axis] * 4) + axis] = backwards ? -1 : 1;
            rows[(order[axis] * 4) + 3] = backwards ? image.Size[order[axis]] - 1 : 0;
        }

        return new(new GridSize(image.Size[i], image.Size[j], image.Size[k]), image.Affine * Affine.FromRows(rows));
    }
}
