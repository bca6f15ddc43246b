using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Imaging.Tests.Resampling;

public sealed class SpacingPlanTests
{
    [Fact]
    public void Plan_HalfTheSpacing_KeepsTheOutermostCentres()
    {
        var grid = new VolumeGrid(new GridSize(56, 56, 48), new Affine(3, 0, 0, -90, 0, 3, 0, 26, 0, 0, 3, 169));
        var plan = SpacingPlan.Plan(grid, [1.5], new SpacingOptions());
        Assert.Equal(new GridSize(111, 111, 95), plan.Size);
        Assert.Equal(new Affine(1.5, 0, 0, -90, 0, 1.5, 0, 26, 0, 0, 1.5, 169), plan.Affine);
    }

    [Fact]
    public void Plan_LeftHandedAxes_StayLeftHanded()
    {
        var grid = new VolumeGrid(new GridSize(10, 10, 10), new Affine(-2, 0, 0, 5, 0, -2, 0, 6, 0, 0, 2, 7));
        var plan = SpacingPlan.Plan(grid, [1, 1, 1], new SpacingOptions());
        Assert.Equal(new GridSize(19, 19, 19), plan.Size);
        Assert.Equal(new Affine(-1, 0, 0, 5, 0, -1, 0, 6, 0, 0, 1, 7), plan.Affine);
    }

    [Fact]
    public void Plan_SpacingThatIsNotPositive_KeepsTheAxis()
    {
        var grid = new VolumeGrid(new GridSize(4, 5, 6), Affine.Scaling(1, 2, 3));
        var plan = SpacingPlan.Plan(grid, [2, 0, -1], new SpacingOptions());
        Assert.Equal(new GridSize(2, 5, 6), plan.Size);
        Assert.Equal((2, 2, 3), plan.Affine.Spacing());
    }

    [Fact]
    public void Plan_SpacingWithinTheLimits_IsKept()
    {
        var grid = new VolumeGrid(new GridSize(10, 10, 10), Affine.Scaling(1.2, 1.2, 4));
        var plan = SpacingPlan.Plan(grid, [1, 1, 1], new SpacingOptions(MinimumSpacing: [1, 1, 1], MaximumSpacing: [1.5, 1.5, 1.5]));
        Assert.Equal((10, 10, 37), (plan.Size.I, plan.Size.J, plan.Size.K));
    }

    [Fact]
    public void Plan_HeaderWithNonsenseSpacing_IsRefusedBeforeMemoryIsAskedFor()
    {
        var grid = new VolumeGrid(new GridSize(512, 512, 400), Affine.Scaling(1000, 1000, 1000));
        var exception = Assert.Throws<GeometryException>(() => SpacingPlan.Plan(grid, [1.5], new SpacingOptions()));
        Assert.Contains("512×512×400", exception.Message, StringComparison.Ordinal);
    }
}
