using LabelServer.Imaging.Geometry;
using LabelServer.Inference.SlidingWindow;

namespace LabelServer.Inference.Tests.SlidingWindow;

public sealed class WindowPlanTests
{
    [Fact]
    public void Create_TorsoAtOnePointFive_PutsWindowsWhereMonaiDoes()
    {
        var plan = Plan(new GridSize(287, 287, 397), 96, 0.25);

        Assert.Equal([0, 72, 144, 191], plan.Axes[0].Starts);
        Assert.Equal([0, 72, 144, 216, 288, 301], plan.Axes[2].Starts);
    }

    [Fact]
    public void Create_TorsoAtOnePointFive_KeepsLessThanAFifteenthWaiting()
    {
        var plan = Plan(new GridSize(287, 287, 397), 96, 0.25);

        // Row by row along x in MONAI's order it is 49 planes of 287 × 397 and the strips of the next row: a fifth of the image.
        Assert.InRange(plan.PeakWaitingVoxels!.Value, 1, 287L * 287 * 397 / 10);
    }

    [Theory]
    [InlineData(96, 96, 0.25, new[] { 0 })]
    [InlineData(50, 96, 0.25, new[] { 0 })]
    [InlineData(97, 96, 0.25, new[] { 0, 1 })]
    [InlineData(24, 8, 0.99, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 })]
    [InlineData(45, 24, 0.7, new[] { 0, 7, 14, 21 })]
    public void Create_AnyAxis_EndsWithTheImage(int size, int roi, double overlap, int[] starts) =>
        Assert.Equal(starts, Plan(new GridSize(size, roi, roi), roi, overlap).Axes[0].Starts);

    [Fact]
    public void Order_OfAnyPlan_HoldsEachWindowOnce()
    {
        var plan = Plan(new GridSize(40, 50, 60), 16, 0.4);

        Assert.Equal(plan.Axes.Aggregate(1, (n, a) => n * a.Starts.Length), plan.Order.Distinct().Count());
        Assert.Equal(plan.Order.Count, plan.Order.Distinct().Count());
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Create_OverlapOutOfRange_ThrowsNamingIt(double overlap)
    {
        var error = Assert.Throws<SlidingWindowException>(() => Plan(new GridSize(8, 8, 8), 8, overlap));

        Assert.Contains("it must be at least 0 and below 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TwoEntriesForThreeAxes_Throws()
    {
        var error = Assert.Throws<SlidingWindowException>(() => WindowPlan.Create(new SlidingWindowOptions { RoiSize = [8, 8] }, new GridSize(8, 8, 8)));

        Assert.Equal("roi_size has 2 entries; it must have one, or one for each of the 3 axes.", error.Message);
    }

    [Fact]
    public void Create_ReflectOfTinyImage_ThrowsNamingAxisAndWayOut()
    {
        var options = new SlidingWindowOptions { RoiSize = [32], Padding = WindowPadding.Reflect };

        var error = Assert.Throws<SlidingWindowException>(() => WindowPlan.Create(options, new GridSize(40, 5, 40)));

        Assert.Contains("5 voxels along axis 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("replicate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WindowPadding.Constant, new[] { 9f, 9f, 1f, 2f, 3f, 4f, 9f, 9f })]
    [InlineData(WindowPadding.Replicate, new[] { 1f, 1f, 1f, 2f, 3f, 4f, 4f, 4f })]
    [InlineData(WindowPadding.Reflect, new[] { 3f, 2f, 1f, 2f, 3f, 4f, 3f, 2f })]
    [InlineData(WindowPadding.Circular, new[] { 3f, 4f, 1f, 2f, 3f, 4f, 1f, 2f })]
    public void Cut_OfSmallImage_PadsAsTorchDoes(WindowPadding padding, float[] expected)
    {
        using var image = new Imaging.Volumes.Volume<float>(new VolumeGrid(new GridSize(4, 1, 1), Affine.Identity));
        new float[] { 1, 2, 3, 4 }.CopyTo(image.Samples);
        var plan = WindowPlan.Create(new SlidingWindowOptions { RoiSize = [8, 1, 1], Padding = padding, PadValue = 9 }, image.Size);
        var window = new float[8];

        new WindowCutter(image, plan).Cut(new WindowIndex(0, 0, 0), window, new ParallelOptions());

        Assert.Equal(expected, window);
    }

    private static WindowPlan Plan(GridSize size, int roi, double overlap) =>
        WindowPlan.Create(new SlidingWindowOptions { RoiSize = [roi], Overlap = [overlap] }, size);
}
