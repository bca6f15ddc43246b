using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Learning.Metrics;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Metrics;

/// <summary>Scores against MONAI's.</summary>
public sealed class MetricGoldenTests
{
    public static TheoryData<string> DiceCases => GoldenCase.Names("metrics");

    public static TheoryData<string> OtherCases => GoldenCase.Names("losses_more", "metrics");

    [Theory]
    [MemberData(nameof(DiceCases))]
    public void Dice_PerClassAndMean_MatchMonai(string name)
    {
        var golden = GoldenCase.Require("metrics", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var background = json.RootElement.GetProperty("include_background").GetBoolean();
        using var prediction = Labels(tensors, "pred", 2);
        using var target = Labels(tensors, "target", 2);
        var classes = tensors.ShapeOf("per_class")[1] + (background ? 0 : 1);

        var scores = DiceScore.PerClass(LabelOverlap.Count(prediction, target, classes), background);
        var means = new ClassMeans();
        means.Add(scores);

        AssertSame(tensors.Floats("per_class"), scores, 1e-6);
        AssertSame(tensors.Floats("mean"), [means.Mean()], 1e-6);
    }

    [Theory]
    [MemberData(nameof(OtherCases))]
    public void Scores_EachClassAndSpacing_MatchMonai(string name)
    {
        var golden = GoldenCase.Require("losses_more", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        using var prediction = Labels(tensors, "pred", 0);
        using var target = Labels(tensors, "target", 0);
        var classes = json.RootElement.GetProperty("num_classes").GetInt32();
        var tolerance = json.RootElement.GetProperty("class_thresholds_surface_dice").GetDouble();
        var overlap = LabelOverlap.Count(prediction, target, classes);

        foreach (var background in (bool[])[false, true])
        {
            var suffix = background ? "_bg1" : "_bg0";
            AssertSame(tensors.Floats("MeanIoU" + suffix), OverlapScores.IntersectionOverUnion(overlap, background), 1e-6);
            AssertSame(tensors.Floats("GeneralizedDice" + suffix), [OverlapScores.GeneralizedDice(overlap, background)], 1e-6);
            var confusion = OverlapScores.Confusion(overlap, background);
            AssertSame(
                tensors.Floats("confusion" + suffix),
                [.. confusion.SelectMany(c => (double[])[c.TruePositive, c.FalsePositive, c.TrueNegative, c.FalseNegative])],
                0);

            // MONAI averages the counts over the classes before it takes the ratio.
            var all = confusion.Aggregate((a, b) => a + b);
            AssertSame(tensors.Floats("sensitivity" + suffix), [all.Sensitivity], 1e-6);
            AssertSame(tensors.Floats("specificity" + suffix), [all.Specificity], 1e-6);
            AssertSame(tensors.Floats("precision" + suffix), [all.Precision], 1e-6);
            AssertSame(tensors.Floats("negative_predictive_value" + suffix), [all.NegativePredictiveValue], 1e-6);
            AssertSame(tensors.Floats("fall_out" + suffix), [all.FallOut], 1e-6);
            AssertSame(tensors.Floats("accuracy" + suffix), [all.Accuracy], 1e-6);
            AssertSame(tensors.Floats("f1_score" + suffix), [all.F1], 1e-6);
            AssertSame(tensors.Floats("matthews_correlation_coefficient" + suffix), [all.MatthewsCorrelation], 1e-6);
        }

        foreach (var spacing in json.RootElement.GetProperty("spacings").EnumerateObject())
        {
            double[] steps = spacing.Value.ValueKind switch
            {
                System.Text.Json.JsonValueKind.Null => [1, 1, 1],
                System.Text.Json.JsonValueKind.Number => [.. Enumerable.Repeat(spacing.Value.GetDouble(), 3)],
                _ => [.. spacing.Value.EnumerateArray().Select(v => v.GetDouble()), 1],
            };
            SurfaceDistances[] distances =
                [.. Enumerable.Range(0, classes).Select(c => SurfaceDistances.Measure(prediction, target, c, (steps[0], steps[1], steps[2]), new ParallelOptions()))];
            foreach (var background in (bool[])[false, true])
            {
                var suffix = (background ? "_bg1_" : "_bg0_") + spacing.Name;
                var counted = distances.Skip(background ? 0 : 1).ToArray();
                AssertSame(tensors.Floats("HausdorffDistance" + suffix), [.. counted.Select(d => d.Hausdorff())], 1e-4);
                AssertSame(tensors.Floats("HausdorffDistance_directed" + suffix), [.. counted.Select(d => d.Hausdorff(directed: true))], 1e-4);
                AssertSame(tensors.Floats("HausdorffDistance95" + suffix), [.. counted.Select(d => d.Hausdorff(95))], 1e-4);
                AssertSame(tensors.Floats("HausdorffDistance95_directed" + suffix), [.. counted.Select(d => d.Hausdorff(95, directed: true))], 1e-4);
                AssertSame(tensors.Floats("SurfaceDistance" + suffix), [.. counted.Select(d => d.Average())], 1e-4);
                AssertSame(tensors.Floats("SurfaceDistance_symmetric" + suffix), [.. counted.Select(d => d.Average(symmetric: true))], 1e-4);
                AssertSame(tensors.Floats("SurfaceDice" + suffix), [.. counted.Select(d => d.Dice(tolerance))], 1e-6);
            }
        }
    }

    [Fact]
    public void Count_DifferentSizes_Throws()
    {
        using var small = new Volume<byte>(new VolumeGrid(new GridSize(2, 2, 2), Affine.Identity));
        using var large = new Volume<byte>(new VolumeGrid(new GridSize(3, 2, 2), Affine.Identity));

        Assert.Equal(
            "A prediction of 2×2×2 voxels cannot be compared with a target of 3×2×2: both need one channel on the same grid.",
            Assert.Throws<MetricException>(() => LabelOverlap.Count(small, large, 2)).Message);
    }

    [Theory]
    [InlineData(true, double.NaN, double.NaN)]
    [InlineData(false, 0, 1)]
    public void PerClass_ClassAbsentFromTarget_DependsOnIgnoreEmpty(bool ignore, double predictedOnly, double inNeither)
    {
        using var prediction = new Volume<byte>(new VolumeGrid(new GridSize(4, 1, 1), Affine.Identity));
        using var target = new Volume<byte>(prediction.Grid);
        prediction.Samples[0] = 1;

        Assert.Equal([predictedOnly, inNeither], DiceScore.PerClass(LabelOverlap.Count(prediction, target, 3), includeBackground: false, ignore));
    }

    private static Volume<byte> Labels(SafetensorsFile tensors, string name, int leading)
    {
        int[] shape = [1, .. tensors.ShapeOf(name).Skip(leading)];
        return AxisOrder.ToVolume<byte>(tensors.Doubles(name), shape, Affine.Identity);
    }

    private static void AssertSame(float[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (float.IsFinite(expected[i]))
            {
                Assert.Equal(expected[i], actual[i], Math.Max(1, Math.Abs(expected[i])) * tolerance + 1e-12);
            }
            else
            {
                Assert.Equal((double)expected[i], actual[i]);
            }
        }
    }
}
