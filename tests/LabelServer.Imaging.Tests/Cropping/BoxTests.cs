using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Cropping;

public sealed class BoxTests
{
    private static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    // Expected lines are numpy.pad([1, 2, 3, 4], (before, after), mode).
    [Theory]
    [InlineData(PadMode.Constant, new float[] { 9, 9, 9, 1, 2, 3, 4, 9, 9 })]
    [InlineData(PadMode.Edge, new float[] { 1, 1, 1, 1, 2, 3, 4, 4, 4 })]
    [InlineData(PadMode.Reflect, new float[] { 4, 3, 2, 1, 2, 3, 4, 3, 2 })]
    [InlineData(PadMode.Symmetric, new float[] { 3, 2, 1, 1, 2, 3, 4, 4, 3 })]
    [InlineData(PadMode.Wrap, new float[] { 2, 3, 4, 1, 2, 3, 4, 1, 2 })]
    [InlineData(PadMode.Maximum, new float[] { 4, 4, 4, 1, 2, 3, 4, 4, 4 })]
    [InlineData(PadMode.Minimum, new float[] { 1, 1, 1, 1, 2, 3, 4, 1, 1 })]
    [InlineData(PadMode.Mean, new float[] { 2.5f, 2.5f, 2.5f, 1, 2, 3, 4, 2.5f, 2.5f })]
    [InlineData(PadMode.Median, new float[] { 2.5f, 2.5f, 2.5f, 1, 2, 3, 4, 2.5f, 2.5f })]
    [InlineData(PadMode.LinearRamp, new float[] { 0, 1 / 3f, 2 / 3f, 1, 2, 3, 4, 2, 0 })]
    public void Extract_BeyondTheBorder_PadsAsNumpyDoes(PadMode mode, float[] expected)
    {
        foreach (var axis in new[] { 0, 1, 2 })
        {
            using var source = Line([1, 2, 3, 4], axis);
            var start = axis switch
            {
                0 => (-3, 0, 0),
                1 => (0, -3, 0),
                _ => (0, 0, -3),
            };
            using var result = Box.Extract(new VolumeView(source), Box.GridOf(source.Grid, start, SizeAlong(axis, 9)), start, mode, 9, Two);
            using var floats = (Volume<float>)SampleConversion.Convert(result, SampleType.Float32, Two);
            Assert.Equal(expected, floats.Samples.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    [Fact]
    public void Extract_ReflectMoreThanTheImage_GoesOnReflecting()
    {
        using var source = Line([1, 2, 3], 0);
        using var result = (Volume<float>)Box.Extract(new VolumeView(source), new VolumeGrid(SizeAlong(0, 11), Affine.Identity), (-5, 0, 0), PadMode.Reflect, 0, Two);
        Assert.Equal([2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2], result.Samples.ToArray());
    }

    [Fact]
    public void Extract_BoxThatIsCroppedAndPadded_PadsFromWhatIsInsideTheBox()
    {
        using var source = Line([1, 2, 3, 4], 0);
        using var result = (Volume<float>)Box.Extract(new VolumeView(source), new VolumeGrid(SizeAlong(0, 5), Affine.Identity), (2, 0, 0), PadMode.Wrap, 0, Two);
        Assert.Equal([3, 4, 3, 4, 3], result.Samples.ToArray());
    }

    [Fact]
    public void GridOf_Box_KeepsThePlaceOfEveryVoxel()
    {
        var grid = new VolumeGrid(new GridSize(10, 10, 10), new Affine(-1.5, 0, 0, 7, 0, 2, 0, 8, 0, 0, 3, 9));
        var box = Box.GridOf(grid, (2, -1, 4), new GridSize(3, 4, 5));
        Assert.Equal(grid.Affine.Apply(2, -1, 4), box.Affine.Apply(0, 0, 0));
    }

    [Fact]
    public void Extract_BoxOutsideTheImage_IsRefusedUnlessConstant()
    {
        using var source = Line([1, 2, 3], 0);
        var grid = new VolumeGrid(SizeAlong(0, 2), Affine.Identity);
        Assert.Throws<GeometryException>(() => Box.Extract(new VolumeView(source), grid, (7, 0, 0), PadMode.Edge, 0, Two));
        using var filled = (Volume<float>)Box.Extract(new VolumeView(source), grid, (7, 0, 0), 5, Two);
        Assert.Equal([5, 5], filled.Samples.ToArray());
    }

    private static GridSize SizeAlong(int axis, int length) => axis switch
    {
        0 => new GridSize(length, 1, 1),
        1 => new GridSize(1, length, 1),
        _ => new GridSize(1, 1, length),
    };

    private static Volume<float> Line(float[] values, int axis)
    {
        var volume = new Volume<float>(new VolumeGrid(SizeAlong(axis, values.Length), Affine.Identity));
        values.CopyTo(volume.Samples);
        return volume;
    }
}
