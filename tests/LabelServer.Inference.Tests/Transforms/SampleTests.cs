using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Tests.Transforms;

/// <summary>Counts native memory, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(NativeMemoryCollection), DisableParallelization = true)]
public sealed class NativeMemoryCollection;

[Collection(nameof(NativeMemoryCollection))]
public sealed class SampleTests
{
    private static readonly TransformRegistry Registry = TransformRegistry.CreateDefault();
    private static readonly ConfigValue Image = new ConfigValue.Text("image");

    private static VolumeGrid Grid => new(new GridSize(20, 16, 12), new Affine(-1, 0, 0, 10, 0, -1, 0, 20, 0, 0, 2, 30));

    [Fact]
    public void Apply_OrientationThenSpacing_HoldsNoThirdVolume()
    {
        var before = NativeMemoryUse.LiveBytes;
        using (var sample = new Sample())
        {
            sample.Add("image", new Volume<short>(Grid));
            var context = new TransformContext(1);
            Chain("Orientationd", ("axcodes", new ConfigValue.Text("RAS"))).Apply(sample, context);
            Assert.Equal(20 * 16 * 12 * sizeof(short), NativeMemoryUse.LiveBytes - before);
            Assert.Equal("RAS", AnatomicalAxes.AxisCodes(sample["image"].Grid.Affine));

            Chain("Spacingd", ("pixdim", new ConfigValue.Real(2))).Apply(sample, context);
            Assert.Equal(sample["image"].Grid.Size.VoxelCount * sizeof(float), NativeMemoryUse.LiveBytes - before);
        }

        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    [Fact]
    public void Apply_EveryTransformInTurn_LeaksNothing()
    {
        var before = NativeMemoryUse.LiveBytes;
        using (var sample = new Sample())
        {
            sample.Add("image", new Volume<short>(Grid));
            foreach (var step in Steps())
            {
                step.Apply(sample, new TransformContext(2));
                Assert.Equal(Bytes(sample["image"]), NativeMemoryUse.LiveBytes - before);
            }

            var prediction = new Volume<byte>(sample["image"].Grid);
            sample.Add("pred", prediction);
            Registry.Build("b", GoldenTransforms.Component("Invertd", ("keys", new ConfigValue.Text("pred")), ("orig_keys", Image), ("transform", ConfigValue.Null.Instance)))
                .Apply(sample, new TransformContext(2));
            Assert.Equal(Grid, sample["pred"].Grid);
            Assert.IsType<Volume<byte>>(sample["pred"].GetVolume(new TransformContext(2)));
            Assert.Equal(Bytes(sample["image"]) + Bytes(sample["pred"]), NativeMemoryUse.LiveBytes - before);
        }

        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    [Fact]
    public void Apply_StepThatFails_NamesStepAndImageAndLeaksNothing()
    {
        var before = NativeMemoryUse.LiveBytes;
        using (var sample = new Sample())
        {
            sample.Add("image", new Volume<short>(new VolumeGrid(new GridSize(4, 4, 4), Affine.Scaling(1, 0, 1))), new ItemSource("patient 7"));
            var exception = Assert.Throws<TransformException>(() => Chain("Spacingd", ("pixdim", new ConfigValue.Real(2))).Apply(sample, new TransformContext(1)));
            Assert.StartsWith("Step Spacingd (transform) failed for patient 7: The affine", exception.Message, StringComparison.Ordinal);
            Assert.IsType<Imaging.GeometryException>(exception.InnerException);
        }

        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    [Fact]
    public void Apply_Cancelled_ThrowsAndLeaksNothing()
    {
        var before = NativeMemoryUse.LiveBytes;
        using (var sample = new Sample())
        {
            sample.Add("image", new Volume<short>(Grid));
            var context = new TransformContext(cancellationToken: new CancellationToken(canceled: true));
            Assert.ThrowsAny<OperationCanceledException>(() => Chain("Spacingd", ("pixdim", new ConfigValue.Real(2))).Apply(sample, context));
        }

        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    [Fact]
    public void Item_Replaced_IsDisposedOnlyWhenItIsAnother()
    {
        using var sample = new Sample();
        var first = new Volume<float>(Grid);
        var item = sample.Add("image", first);
        item.Replace(first);
        first.Samples[0] = 1;
        item.Replace(new Volume<float>(Grid));
        Assert.Throws<ObjectDisposedException>(() => first.Samples[0] = 1);
    }

    [Fact]
    public void Indexer_ItemThatIsNotThere_ListsThoseThatAre()
    {
        using var sample = new Sample();
        sample.Add("image", new Volume<float>(Grid));
        Assert.Equal("The chain asks for 'label', but the sample holds only 'image'.", Assert.Throws<TransformException>(() => sample["label"]).Message);
    }

    [Fact]
    public async Task ApplyAsync_FileThatIsNotThere_NamesTheImage()
    {
        using var sample = new Sample();
        sample.AddFile("image", Path.Combine(AppContext.BaseDirectory, "no such scan.nii.gz"), "patient 7");
        var chain = Registry.Build("b", GoldenTransforms.Component("LoadImaged", ("keys", Image)));
        var exception = await Assert.ThrowsAsync<TransformException>(() => chain.ApplyAsync(sample, new TransformContext(1)));
        Assert.Contains("patient 7", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invert_PredictionOfAnotherSize_IsRefusedWithBothSizes()
    {
        using var sample = new Sample();
        sample.Add("image", new Volume<short>(Grid));
        Chain("Spacingd", ("pixdim", new ConfigValue.Real(2))).Apply(sample, new TransformContext(1));
        sample.Add("pred", new Volume<byte>(new VolumeGrid(new GridSize(3, 3, 3), Affine.Identity)));
        var invert = Registry.Build("b", GoldenTransforms.Component("Invertd", ("keys", new ConfigValue.Text("pred")), ("orig_keys", Image), ("transform", Image)));
        var exception = Assert.Throws<TransformException>(() => invert.Apply(sample, new TransformContext(1)));
        Assert.Contains(sample["image"].Grid.Size.ToString(), exception.Message, StringComparison.Ordinal);
        Assert.Contains("3×3×3", exception.Message, StringComparison.Ordinal);
    }

    private static long Bytes(SampleItem item) => item.Grid.Size.VoxelCount * item.Channels * SampleTypes.SizeOf(item.View.Stored.SampleType);

    private static Compose Chain(string target, params (string, ConfigValue)[] arguments) =>
        Registry.Build("b", GoldenTransforms.Component(target, [("keys", Image), .. arguments]));

    private static IEnumerable<Compose> Steps()
    {
        ConfigValue nine = new ConfigValue.Integer(9), half = new ConfigValue.Real(0.5), twenty = new ConfigValue.Integer(20);
        yield return Chain("Orientationd", ("axcodes", new ConfigValue.Text("PIR")));
        yield return Chain("Rotate90d", ("k", new ConfigValue.Integer(3)));
        yield return Chain("Spacingd", ("pixdim", new ConfigValue.Real(1.2)));
        yield return Chain("Flipd", ("spatial_axis", new ConfigValue.Integer(1)));
        yield return Chain("Zoomd", ("zoom", new ConfigValue.Real(0.8)));
        yield return Chain("SpatialPadd", ("spatial_size", twenty), ("mode", new ConfigValue.Text("mean")));
        yield return Chain("BorderPadd", ("spatial_border", new ConfigValue.Integer(2)), ("mode", new ConfigValue.Text("edge")));
        yield return Chain("CenterSpatialCropd", ("roi_size", twenty));
        yield return Chain("Rotated", ("angle", half));
        yield return Chain("Affined", ("scale_params", new ConfigValue.List([half, half, half])));
        yield return Chain("Resized", ("spatial_size", new ConfigValue.List([twenty, nine, twenty])), ("anti_aliasing", new ConfigValue.Boolean(true)));
        yield return Chain("Spacingd", ("pixdim", new ConfigValue.Real(2)), ("mode", new ConfigValue.Integer(3)));
        yield return Chain("GaussianSharpend");
        yield return Chain("NormalizeIntensityd");
        yield return Chain("ScaleIntensityRangePercentilesd", ("lower", nine), ("upper", twenty), ("b_min", half), ("b_max", nine));
        yield return Chain("LabelToContourd");
        yield return Chain("DistanceTransformEDTd");
        yield return Chain("MapLabelValued", ("orig_labels", nine), ("target_labels", nine));
        yield return Chain("LabelToMaskd", ("select_labels", nine));
    }
}
