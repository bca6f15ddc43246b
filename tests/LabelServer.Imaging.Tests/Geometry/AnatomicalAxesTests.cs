using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Tests.Geometry;

public sealed class AnatomicalAxesTests
{
    public static TheoryData<string> Codes()
    {
        var data = new TheoryData<string>();
        string[] pairs = ["RL", "AP", "SI"];
        foreach (var order in new[] { "012", "021", "102", "120", "201", "210" })
        {
            for (var ends = 0; ends < 8; ends++)
            {
                data.Add(string.Concat(Enumerable.Range(0, 3).Select(n => pairs[order[n] - '0'][(ends >> n) & 1])));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void To_EachOf48Orientations_TurnsThereAndBack(string codes)
    {
        var grid = new VolumeGrid(new GridSize(5, 6, 7), new Affine(1.1, 0.1, -0.05, 10, -0.1, 0.9, 0.2, -20, 0.06, -0.18, 2, 30));
        var map = AnatomicalAxes.To(grid.Affine, codes);
        var turned = map.Apply(grid);
        Assert.Equal(codes, AnatomicalAxes.AxisCodes(turned.Affine));
        Assert.Equal(grid.Size, map.Inverse().Apply(turned).Size);
        Assert.Equal("RAS", AnatomicalAxes.AxisCodes(map.Inverse().Apply(turned).Affine));
        Assert.True(map.Then(map.Inverse()).IsIdentity);

        // The same corner of the patient lies at the same place, whatever its index.
        var toSource = map.ToSourceIndex(grid.Size);
        var (i, j, k) = toSource.Apply(1, 2, 3);
        var (x, y, z) = grid.Affine.Apply(i, j, k);
        var (tx, ty, tz) = turned.Affine.Apply(1, 2, 3);
        Assert.Equal(x, tx, 1e-9);
        Assert.Equal(y, ty, 1e-9);
        Assert.Equal(z, tz, 1e-9);
    }

    [Fact]
    public void AxisCodes_TwoAxesNearTheSameDirection_TakeDifferentOnes()
    {
        // Both i and j run mostly to the right; the polar factor decides, and j gets what is left.
        var affine = new Affine(1, 0.9, 0, 0, 0.2, 0.5, 0, 0, 0, 0, 1, 0);
        Assert.Equal("RAS", AnatomicalAxes.AxisCodes(affine));
    }

    [Theory]
    [InlineData("RAR")]
    [InlineData("RA")]
    [InlineData("XYZ")]
    [InlineData("ras")]
    public void To_NonsenseCodes_AreRefused(string codes) => Assert.Throws<ArgumentException>(() => AnatomicalAxes.To(Affine.Identity, codes));

    [Fact]
    public void To_SingularAffine_IsRefused() => Assert.Throws<GeometryException>(() => AnatomicalAxes.To(Affine.Scaling(1, 0, 1), "RAS"));
}
