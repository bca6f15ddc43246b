using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Transforms;
using LabelServer.Testing;

namespace LabelServer.Inference.Tests.Transforms;

public sealed class TransformGoldenTests
{
    private const string InversePrefix = "Invertd";

    // Random, with the draw given; tested where random transforms are.
    private const string ElasticPrefix = "Rand3DElastic";
    private static readonly string[] Resampling = ["Spacing", "Resize", "Zoom", "Affine", "Rotate"];
    private static readonly string[] Exact =
    [
        "Orientation", "Flip", "Rotate90", "CropForeground", "SpatialCrop", "CenterSpatialCrop", "CenterScaleCrop", "KeepLargestConnectedComponent", "RemoveSmallObjects", "FillHoles",
        "LabelFilter", "LabelToContour", "LabelToMask", "MapLabelValue", "AsDiscrete",
    ];

    private static readonly TransformRegistry Registry = TransformRegistry.CreateDefault();

    public static TheoryData<string> Cases => [.. GoldenCase.Names("transforms").Select(row => row.Data).Where(name => !name.StartsWith(InversePrefix, StringComparison.Ordinal) && !name.StartsWith(ElasticPrefix, StringComparison.Ordinal))];

    public static TheoryData<string> InverseCases => GoldenCase.Names("transforms", InversePrefix);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_GoldenCase_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("transforms", name);
        using var json = golden.ReadJson();
        var target = json.RootElement.GetProperty("transform").GetString()!;
        Assert.SkipUnless(Registry.Knows(target), $"{name}: {target} is not supported.");
        Assert.SkipWhen(json.RootElement.TryGetProperty("error", out _), $"{name}: MONAI raises here.");

        var tensors = golden.ReadTensors();
        var key = json.RootElement.GetProperty("keys").GetString()!;
        using var sample = new Sample();
        sample.Add(key, GoldenTransforms.Volume(tensors, "input"));
        foreach (var extra in tensors.Names.Where(n => n.StartsWith("extra.", StringComparison.Ordinal)))
        {
            sample.Add(extra["extra.".Length..], GoldenTransforms.Volume(tensors, extra, "input_affine"));
        }

        var context = new TransformContext(maxParallelism: 2, cancellationToken: TestContext.Current.CancellationToken);
        Registry.Build("golden", Component(target, key, json.RootElement.GetProperty("args"))).Apply(sample, context);

        Compare(target, json.RootElement, tensors, sample[key], context);
        CompareAdded(json.RootElement.GetProperty("added"), sample);
    }

    [Theory]
    [MemberData(nameof(InverseCases))]
    public void Invert_GoldenCase_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("transforms", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var context = new TransformContext(maxParallelism: 2, cancellationToken: TestContext.Current.CancellationToken);
        using var sample = new Sample();
        sample.Add("image", GoldenTransforms.Volume(tensors, "input"));
        var steps = json.RootElement.GetProperty("chain").EnumerateArray().Select(s => GoldenChain.Step(s.GetString()!)).ToList();
        Registry.Build("golden", new ConfigValue.List(steps)).Apply(sample, context);

        var expected = tensors.Doubles("preprocessed");
        GoldenTransforms.AssertSameShape(tensors.ShapeOf("preprocessed"), sample["image"]);
        GoldenTransforms.AssertSameAffine(tensors.Doubles("preprocessed_affine"), sample["image"].Grid.Affine);
        GoldenTransforms.AssertClose(expected, GoldenTransforms.RowMajor(sample["image"], context), 1e-3 * GoldenTransforms.Range(expected));

        foreach (var (input, output, nearest) in new[] { ("pred_label", "label_nearest", true), ("pred", "pred_nearest", true), ("pred", "pred_bilinear", false) })
        {
            sample.Add("pred", GoldenTransforms.Volume(tensors, input, "preprocessed_affine"));
            Registry.Build("golden", GoldenTransforms.Component(
                "Invertd",
                ("keys", new ConfigValue.Text("pred")),
                ("transform", new ConfigValue.Symbol("object", "preprocessing")),
                ("orig_keys", new ConfigValue.Text("image")),
                ("nearest_interp", new ConfigValue.Boolean(nearest)))).Apply(sample, context);

            var wanted = tensors.Doubles(output);
            GoldenTransforms.AssertSameShape(tensors.ShapeOf(output), sample["pred"]);
            GoldenTransforms.AssertSameAffine(tensors.Doubles(output + "_affine"), sample["pred"].Grid.Affine);
            var found = GoldenTransforms.RowMajor(sample["pred"], context);
            if (nearest)
            {
                GoldenTransforms.AssertMostlyEqual(wanted, found);
            }
            else
            {
                GoldenTransforms.AssertClose(wanted, found, 1e-3 * GoldenTransforms.Range(wanted));
            }
        }
    }

    private static ConfigValue.Component Component(string target, string key, JsonElement arguments)
    {
        var named = arguments.EnumerateObject().Select(a => (a.Name, GoldenTransforms.ToConfig(a.Value)));
        return target.EndsWith('d')
            ? GoldenTransforms.Component(target, [("keys", new ConfigValue.Text(key)), .. named])
            : GoldenTransforms.Component(target, [.. named]);
    }

    private static void Compare(string target, JsonElement json, SafetensorsFile tensors, SampleItem item, TransformContext context)
    {
        var expected = tensors.Doubles("output");
        GoldenTransforms.AssertSameShape(tensors.ShapeOf("output"), item);

        // MONAI's distance transform gives a bare array and so forgets where the image lies; here the grid stays.
        GoldenTransforms.AssertSameAffine(tensors.Doubles(target == "DistanceTransformEDTd" ? "input_affine" : "output_affine"), item.Grid.Affine);
        var found = GoldenTransforms.RowMajor(item, context);
        var name = target.TrimEnd('d');
        var nearest = json.GetProperty("args").TryGetProperty("mode", out var mode) && mode.ValueKind == JsonValueKind.String
            && mode.GetString()!.StartsWith("nearest", StringComparison.Ordinal);
        if (name.EndsWith("Pa", StringComparison.Ordinal) || name == "ResizeWithPadOrCrop")
        {
            // Mean and linear ramp are sums in another order; all other modes copy.
            GoldenTransforms.AssertClose(expected, found, mode.ValueKind == JsonValueKind.String && mode.GetString() is "mean" or "linear_ramp" ? 1e-5 * GoldenTransforms.Largest(expected) : 0);
        }
        else if (Exact.Contains(name))
        {
            GoldenTransforms.AssertClose(expected, found, 0);
        }
        else if (!Resampling.Contains(name))
        {
            GoldenTransforms.AssertClose(expected, found, 1e-5 * GoldenTransforms.Largest(expected));
        }
        else if (nearest)
        {
            GoldenTransforms.AssertMostlyEqual(expected, found);
        }
        else
        {
            GoldenTransforms.AssertClose(expected, found, 1e-3 * GoldenTransforms.Range(expected));
        }
    }

    private static void CompareAdded(JsonElement added, Sample sample)
    {
        foreach (var value in added.EnumerateObject())
        {
            var list = Assert.IsType<ConfigValue.List>(sample.Values[value.Name]);
            Assert.Equal(value.Value.EnumerateArray().Select(v => v.GetInt64()), list.Items.Select(i => Assert.IsType<ConfigValue.Integer>(i).Value));
        }
    }
}
