using System.Text.Json;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Sampling;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Sampling;

public sealed class RandElasticTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("transforms", "Rand3DElastic_given");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resample_GivenNoise_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("transforms", name);
        using var json = golden.ReadJson();
        var (tensors, arguments, parallel) = (golden.ReadTensors(), json.RootElement, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken });
        var nearest = arguments.GetProperty("mode").GetString() == "nearest";
        Assert.Equal("zeros", arguments.GetProperty("padding_mode").GetString());
        using var input = AxisOrder.ToVolume<float>(tensors.Doubles("input"), tensors.ShapeOf("input"), Affine.FromRows(tensors.Doubles("input_affine")));
        using var field = AxisOrder.ToVolume<float>(tensors.Doubles("rand_offset"), tensors.ShapeOf("rand_offset"), Affine.Identity);
        RandElastic.Smooth(field, arguments.GetProperty("sigma").GetDouble(), arguments.GetProperty("magnitude").GetDouble(), parallel);
        var draw = new AffineDraw(Numbers(arguments, "rotate"), Numbers(arguments, "shear"), Numbers(arguments, "translate"), Numbers(arguments, "scale"));
        var toInput = draw.About(input.Size, input.Size);

        using var output = FieldResampler.Resample(
            new VolumeView(input), input.Grid, field, toInput, new(nearest ? Interpolation.Nearest : Interpolation.Linear, OutOfBounds.Zeros), parallel);

        var (expected, found) = (tensors.Doubles("output"), AxisOrder.ToRowMajor((Volume<float>)output));
        var tolerance = nearest ? 0 : 1e-3 * (expected.Max() - expected.Min());
        var apart = expected.Zip(found).Count(p => Math.Abs(p.First - p.Second) > tolerance);

        // A point on the border between two voxels may fall either way.
        Assert.True(apart <= (nearest ? expected.Length / 1000 : 0), $"{apart} of {expected.Length} voxels differ.");
    }

    [Fact]
    public void Apply_ImageAndLabel_MoveTogether()
    {
        var registry = RandomTransforms.CreateRegistry();
        using var arguments = JsonDocument.Parse("""
            {"keys": ["image", "label"], "prob": 1.0, "sigma_range": [1.5, 2.0], "magnitude_range": [10, 20], "mode": ["bilinear", "nearest"], "padding_mode": "border"}
            """);
        var chain = JsonConfig.Component("Rand3DElasticd", arguments.RootElement);
        using var sample = new Sample();
        sample.Add("image", Ramp());
        sample.Add("label", Ramp());
        registry.Build("elastic", new Bundles.Config.ConfigValue.List([chain])).Apply(sample, new TransformContext(1, new Random(3), TestContext.Current.CancellationToken));

        var image = AxisOrder.ToRowMajor((Volume<float>)sample["image"].GetFloat(new TransformContext(1)));
        var label = AxisOrder.ToRowMajor((Volume<float>)sample["label"].GetFloat(new TransformContext(1)));
        using var before = Ramp();
        Assert.True(image.Zip(AxisOrder.ToRowMajor(before)).Max(p => Math.Abs(p.First - p.Second)) > 0.5);

        // The values are the positions along i: where both came from the same place, they differ by half a voxel at most.
        Assert.True(image.Zip(label).All(p => Math.Abs(p.First - p.Second) <= 0.501));
    }

    private static Volume<float> Ramp()
    {
        var volume = new Volume<float>(new VolumeGrid(new GridSize(12, 10, 8), Affine.Identity), 1);
        for (var at = 0; at < volume.Samples.Length; at++)
        {
            volume.Samples[at] = at % 12;
        }

        return volume;
    }

    private static double[] Numbers(JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(n => n.GetDouble())] : [];
}
