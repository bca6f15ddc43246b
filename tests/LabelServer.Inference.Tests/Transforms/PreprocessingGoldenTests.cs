using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms;
using LabelServer.Testing;

namespace LabelServer.Inference.Tests.Transforms;

public sealed class PreprocessingGoldenTests
{
    private const string Highres = "displayable_configs#highres";

    private static string[] Scan => ["ct", "totalsegmentator", "example_ct.nii.gz"];

    [Fact]
    public async Task ApplyAsync_TrainingChainOfWholeBody_MatchesMonai()
    {
        var golden = RequireCase("train_lowres");
        var scan = SharedFolders.RequireData(Scan);
        var context = new TransformContext(maxParallelism: 2, cancellationToken: TestContext.Current.CancellationToken);
        using var sample = new Sample();
        sample.AddFile("image", scan);
        sample.AddFile("label", SharedFolders.RequireData("ct", "totalsegmentator", "example_seg_fast_force_split.nii.gz"));
        var config = Config("train", highres: false);
        await TransformRegistry.CreateDefault().Build("wholeBody_ct_segmentation", config.Resolve("train#deterministic_transforms")).ApplyAsync(sample, context);

        var tensors = golden.ReadTensors();
        GoldenTransforms.AssertSameAffine(tensors.Doubles("affine"), sample["image"].Grid.Affine);
        Assert.Equal(sample["image"].Grid.Size, sample["label"].Grid.Size);
        foreach (var name in new[] { "foreground_start_coord", "foreground_end_coord" })
        {
            var list = Assert.IsType<ConfigValue.List>(sample.Values[name]);
            Assert.Equal(tensors.Doubles(name), list.Items.Select(i => (double)Assert.IsType<ConfigValue.Integer>(i).Value));
        }

        ComparePreprocessed(tensors, sample["image"], context);
    }

    [Fact]
    public async Task ApplyAsync_PreprocessingOfWholeBodyAt3mm_MatchesMonai()
    {
        var golden = RequireCase("lowres");
        var context = new TransformContext(maxParallelism: 2, cancellationToken: TestContext.Current.CancellationToken);
        using var sample = new Sample();
        sample.AddFile("image", SharedFolders.RequireData(Scan));
        await TransformRegistry.CreateDefault().Build("wholeBody_ct_segmentation", Config("inference", highres: false).Resolve("preprocessing")).ApplyAsync(sample, context);
        var tensors = golden.ReadTensors();
        GoldenTransforms.AssertSameAffine(tensors.Doubles("image_affine"), sample["image"].Grid.Affine);
        ComparePreprocessed(tensors, sample["image"], context);
    }

    [Fact]
    public void Apply_PreprocessingOfWholeBodyAt15mm_MatchesMonai()
    {
        var golden = RequireCase("highres");
        var tensors = golden.ReadTensors();
        var context = new TransformContext(maxParallelism: 2, cancellationToken: TestContext.Current.CancellationToken);
        using var sample = new Sample();
        sample.Add("image", AxisOrder.ToVolume<float>(tensors.Doubles("input"), [1, .. tensors.ShapeOf("input")], Affine.FromRows(tensors.Doubles("input_affine"))));
        TransformRegistry.CreateDefault().Build("wholeBody_ct_segmentation", Config("inference", highres: true).Resolve("preprocessing")).Apply(sample, context);
        GoldenTransforms.AssertSameAffine(tensors.Doubles("image_affine"), sample["image"].Grid.Affine);
        ComparePreprocessed(tensors, sample["image"], context);
    }

    private static GoldenCase RequireCase(string name)
    {
        var exists = SharedFolders.Golden is { } golden && File.Exists(Path.Combine(golden, "pipeline", name + ".safetensors"));
        Assert.SkipUnless(exists, $"No reference outputs for 'pipeline/{name}': set LABELSERVER_GOLDEN.");
        return GoldenCase.Require("pipeline", name);
    }

    private static ConfigResolver Config(string name, bool highres)
    {
        var bundle = Bundle.Open(Path.Combine(SharedFolders.Repository, "models", "wholeBody_ct_segmentation"));
        return bundle.CreateResolver(bundle.LoadConfig(name).With(Highres, new ConfigValue.Boolean(highres)));
    }

    private static void ComparePreprocessed(SafetensorsFile tensors, SampleItem item, TransformContext context)
    {
        var size = item.Grid.Size;
        var all = GoldenTransforms.RowMajor(item, context);
        double At(int i, int j, int k) => all[(((i * size.J) + j) * size.K) + k];
        foreach (var name in tensors.Names.Where(n => n.StartsWith("preprocessed_", StringComparison.Ordinal)))
        {
            var (shape, expected) = (tensors.ShapeOf(name), tensors.Doubles(name));
            var step = name.Contains("every_", StringComparison.Ordinal) ? name["preprocessed_every_".Length] - '0' : 1;
            var start = step == 1 ? ((size.I - shape[1]) / 2, (size.J - shape[2]) / 2, (size.K - shape[3]) / 2) : (0, 0, 0);
            var found = new double[expected.Length];
            for (var n = 0; n < found.Length; n++)
            {
                var (row, z) = Math.DivRem(n, shape[3]);
                var (x, y) = Math.DivRem(row, shape[2]);
                found[n] = At(start.Item1 + (x * step), start.Item2 + (y * step), start.Item3 + (z * step));
            }

            GoldenTransforms.AssertClose(expected, found, 1e-3 * GoldenTransforms.Range(expected));
        }
    }
}
