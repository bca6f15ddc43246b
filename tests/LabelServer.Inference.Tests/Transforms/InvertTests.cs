using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Tests.Transforms;

public sealed class InvertTests
{
    private static readonly TransformRegistry Registry = TransformRegistry.CreateDefault();
    private static readonly ConfigValue Image = new ConfigValue.Text("image");

    private static VolumeGrid Grid => new(new GridSize(9, 7, 5), new Affine(-1.2, 0, 0, 10, 0, 0, -2, 20, 0, 0.8, 0, 30));

    // What changes no value comes back to the last voxel.
    public static TheoryData<string, string, string> ExactSteps => new()
    {
        { "Orientationd", "axcodes", "'PIR'" },
        { "Flipd", "spatial_axis", "1" },
        { "Rotate90d", "k", "1" },
        { "Rotate90d", "k", "3" },
        { "SpatialPadd", "spatial_size", "12" },
        { "BorderPadd", "spatial_border", "2" },
        { "DivisiblePadd", "k", "4" },
        { "ResizeWithPadOrCropd", "spatial_size", "15" },
    };

    [Theory]
    [MemberData(nameof(ExactSteps))]
    public void Apply_StepThatLosesNothing_GivesBackEveryVoxelAndTheGrid(string target, string argument, string value)
    {
        using var expected = Filled();
        using var sample = new Sample();
        sample.Add("image", Filled());
        var context = new TransformContext(2);
        ConfigValue parsed = value.StartsWith('\'') ? new ConfigValue.Text(value.Trim('\'')) : new ConfigValue.Integer(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
        Registry.Build("b", GoldenTransforms.Component(target, ("keys", Image), (argument, parsed))).Apply(sample, context);
        Assert.NotEqual(Grid, sample["image"].Grid);
        Undo(sample, nearest: true);
        Assert.Equal(Grid, sample["image"].Grid);
        var found = Assert.IsType<Volume<short>>(sample["image"].GetVolume(context));
        Assert.Equal(Grid, found.Grid);
        Assert.True(expected.Samples.SequenceEqual(found.Samples));
    }

    [Fact]
    public void Apply_Crop_GivesBackTheInsideAndZerosAround()
    {
        using var sample = new Sample();
        sample.Add("image", Filled());
        var context = new TransformContext(2);
        Registry.Build("b", GoldenTransforms.Component("CenterSpatialCropd", ("keys", Image), ("roi_size", new ConfigValue.Integer(3)))).Apply(sample, context);
        Undo(sample, nearest: true);
        using var whole = Filled();
        var found = (Volume<short>)sample["image"].GetVolume(context);
        for (var n = 0; n < whole.Samples.Length; n++)
        {
            var (i, j, k) = (n % 9, n / 9 % 7, n / 63);
            var inside = i is >= 3 and < 6 && j is >= 2 and < 5 && k is >= 1 and < 4;
            Assert.Equal(inside ? whole.Samples[n] : 0, found.Samples[n]);
        }
    }

    [Theory]
    [InlineData("Zoomd", "zoom", 1.4)]
    [InlineData("Zoomd", "zoom", 0.7)]
    [InlineData("Spacingd", "pixdim", 0.9)]
    [InlineData("Rotated", "angle", 0.2)]
    public void Apply_Resampling_GivesBackTheGridAndInventsNoLabel(string target, string argument, double value)
    {
        using var sample = new Sample();
        var context = new TransformContext(2);
        sample.Add("image", Filled());
        Registry.Build("b", GoldenTransforms.Component(target, ("keys", Image), (argument, new ConfigValue.Real(value)))).Apply(sample, context);
        var labels = new Volume<byte>(sample["image"].Grid);
        for (var n = 0; n < labels.Samples.Length; n++)
        {
            labels.Samples[n] = (byte)(n / 7 % 3 * 40);
        }

        sample.Add("pred", labels);
        Registry.Build("b", GoldenTransforms.Component("Invertd", ("keys", new ConfigValue.Text("pred")), ("orig_keys", Image), ("transform", Image))).Apply(sample, context);
        Assert.Equal(Grid, sample["pred"].Grid);
        var found = Assert.IsType<Volume<byte>>(sample["pred"].GetVolume(context));
        Assert.Subset(new HashSet<byte> { 0, 40, 80 }, found.Samples.ToArray().ToHashSet());
        Assert.Contains((byte)80, found.Samples.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Undo_SpacingAfterTurns_GoesStraightToTheTurnedGrid(bool nearest)
    {
        foreach (var codes in new[] { "RAS", "PIR", "SLA", "LPS", "IAR" })
        {
            using var sample = new Sample();
            var context = new TransformContext(2);
            sample.Add("image", Filled());
            Registry.Build("b", GoldenTransforms.Component("Orientationd", ("keys", Image), ("axcodes", new ConfigValue.Text(codes)))).Apply(sample, context);
            Registry.Build("b", GoldenTransforms.Component("Spacingd", ("keys", Image), ("pixdim", new ConfigValue.Real(0.93)))).Apply(sample, context);
            using var prediction = new Volume<short>(sample["image"].Grid, channels: 2);
            for (var n = 0; n < prediction.Samples.Length; n++)
            {
                prediction.Samples[n] = (short)(n * 31 % 977);
            }

            var trace = sample["image"].Trace;
            Imaging.Resampling.Interpolation? mode = nearest ? Imaging.Resampling.Interpolation.Nearest : null;
            var straight = Invert.Undo(new VolumeView(prediction), trace, mode, context.Parallel);
            using var stored = straight.Stored;
            Assert.True(straight.IsStored, codes);
            Assert.Equal(Grid, straight.Grid);

            // The same in two steps, each with its own volume.
            var spaced = trace[1].Invert(new VolumeView(prediction), mode, context.Parallel);
            using var between = spaced.Stored;
            using var expected = AxisReorder.Copy(trace[0].Invert(spaced, mode, context.Parallel), context.Parallel);
            Assert.Equal(Values(expected), Values(stored), (a, b) => Math.Abs(a - b) <= 1e-3);
        }
    }

    [Fact]
    public void Build_PostFunction_IsRefused()
    {
        var (_, problems) = Registry.TryBuild("b", GoldenTransforms.Component("Invertd", ("keys", Image), ("transform", Image), ("post_func", new ConfigValue.Symbol("lambda", "lambda x: x"))));
        Assert.Equal("post_func", Assert.Single(problems).Argument);
    }

    private static float[] Values(Volume volume)
    {
        using var floats = (Volume<float>)SampleConversion.Convert(volume, SampleType.Float32, new ParallelOptions());
        return floats.Samples.ToArray();
    }

    private static void Undo(Sample sample, bool nearest) => Registry.Build(
        "b", GoldenTransforms.Component("Invertd", ("keys", Image), ("transform", Image), ("nearest_interp", new ConfigValue.Boolean(nearest)))).Apply(sample, new TransformContext(2));

    private static Volume<short> Filled()
    {
        var volume = new Volume<short>(Grid);
        for (var n = 0; n < volume.Samples.Length; n++)
        {
            volume.Samples[n] = (short)((n * 37) + 1);
        }

        return volume;
    }
}
