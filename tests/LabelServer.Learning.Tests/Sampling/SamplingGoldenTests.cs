using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Sampling;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Sampling;

/// <summary>As many draws as MONAI made of each random transform have the same statistics; the places that a crop may take are exactly the same.</summary>
public sealed class SamplingGoldenTests
{
    private static readonly TransformRegistry Registry = RandomTransforms.CreateRegistry();

    public static TheoryData<string> Cases => GoldenCase.Names("sampling");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Draws_OfEachTransform_HaveMonaisStatistics(string name)
    {
        var golden = GoldenCase.Require("sampling", name);
        using var json = golden.ReadJson();
        var root = json.RootElement;
        var target = name[..name.LastIndexOf('_')];
        var draws = root.GetProperty("draws").GetInt32();
        Action check = target switch
        {
            "RandSpatialCropd" => () => SpatialCrop(root, draws),
            "RandCropByPosNegLabeld" => () => CropByLabel(golden, root, draws),
            "RandFlipd" => () => Flip(root, draws),
            "RandRotate90d" => () => Rotate90(root, draws),
            "RandScaleIntensityd" => () => Intensity(root, "RandScaleIntensityd", "factor", draws),
            "RandShiftIntensityd" => () => Intensity(root, "RandShiftIntensityd", "offset", draws),
            "RandGaussianNoised" => () => Noise(root, draws),
            "RandAffined" => () => Affined(root, draws),
            _ => () => Assert.Fail($"No test draws {target}."),
        };
        check();
    }

    private static void SpatialCrop(JsonElement root, int draws)
    {
        var crop = Build<RandSpatialCrop>("RandSpatialCropd", root);
        var image = root.GetProperty("image_size");
        var size = new GridSize(image[0].GetInt32(), image[1].GetInt32(), image[2].GetInt32());
        var random = new Random(1);
        CropBox[] boxes = [.. Enumerable.Range(0, draws).Select(_ => crop.Choose(size, null, null, random)[0])];
        for (var axis = 0; axis < 3; axis++)
        {
            // Without a random centre MONAI draws no place and its record of it says 0; the box is then the image's middle.
            if (crop.RandomCentre)
            {
                DrawStatistics.AssertSame(root.GetProperty("start")[axis], [.. boxes.Select(b => (double)b.Start(axis))]);
            }
            else
            {
                Assert.All(boxes, b => Assert.Equal((size[axis] / 2) - (b.Size[axis] / 2), b.Start(axis)));
            }

            DrawStatistics.AssertSame(root.GetProperty("size")[axis], [.. boxes.Select(b => (double)b.Size[axis])]);
            Assert.All(boxes, b => Assert.InRange(b.Start(axis) + b.Size[axis], 1, size[axis]));
        }
    }

    private static void CropByLabel(GoldenCase golden, JsonElement root, int draws)
    {
        var crop = Build<RandCropByPosNegLabel>("RandCropByPosNegLabeld", root, ("label_key", new ConfigValue.Text("label")));
        var tensors = golden.ReadTensors();
        using var label = AxisOrder.ToVolume<float>(tensors.Doubles("label"), tensors.ShapeOf("label"), Affine.Identity);
        using var image = AxisOrder.ToVolume<float>(tensors.Doubles("image"), tensors.ShapeOf("image"), Affine.Identity);
        var random = new Random(1);
        var centres = new List<(int, int, int)>();
        for (var draw = 0; draw < draws; draw++)
        {
            var box = crop.Choose(label.Size, label, crop.ImageKey is null ? null : image, random)[0];
            centres.Add((box.I + (box.Size.I / 2), box.J + (box.Size.J / 2), box.K + (box.Size.K / 2)));
        }

        var (foreground, background) = (Centres(tensors, "corrected_fg_centers"), Centres(tensors, "corrected_bg_centers"));
        var ratio = root.GetProperty("expected_pos_ratio").GetDouble();
        HashSet<(int, int, int)> allowed = [.. ratio > 0 ? foreground : [], .. ratio < 1 ? background : []];
        Assert.DoesNotContain(centres, c => !allowed.Contains(c));
        Assert.Equal(root.GetProperty("fraction_centre_only_possible_as_foreground").GetDouble(), Share(centres, c => foreground.Contains(c) && !background.Contains(c)), 0.05);
        Assert.Equal(root.GetProperty("fraction_centre_only_possible_as_background").GetDouble(), Share(centres, c => background.Contains(c) && !foreground.Contains(c)), 0.05);
        Assert.Equal(root.GetProperty("fraction_centre_voxel_foreground").GetDouble(), Share(centres, c => label[0, c.Item1, c.Item2, c.Item3] != 0), 0.05);
        var statistics = root.GetProperty("axis_stats");
        DrawStatistics.AssertSame(statistics[0], [.. centres.Select(c => (double)c.Item1)]);
        DrawStatistics.AssertSame(statistics[1], [.. centres.Select(c => (double)c.Item2)]);
        DrawStatistics.AssertSame(statistics[2], [.. centres.Select(c => (double)c.Item3)]);
    }

    private static void Flip(JsonElement root, int draws)
    {
        var flip = Build<RandFlip>("RandFlipd", root);
        var axes = root.GetProperty("args").GetProperty("spatial_axis").EnumerateArray().Select(a => a.GetInt32()).ToHashSet();
        var context = new TransformContext(1, new Random(1));
        var changed = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            using var sample = Ramp();
            flip.Apply(sample, context);
            var result = (Volume<float>)sample["image"].GetVolume(context);
            if (result[0, 0, 0, 0] != 0)
            {
                changed++;
                Assert.Equal((axes.Contains(0) ? 2 : 0) + (axes.Contains(1) ? 30 : 0) + (axes.Contains(2) ? 400 : 0), result[0, 0, 0, 0]);
            }
        }

        Assert.Equal(root.GetProperty("fraction_changed").GetDouble(), (double)changed / draws, 0.05);
    }

    private static void Rotate90(JsonElement root, int draws)
    {
        var turn = Build<RandRotate90>("RandRotate90d", root);
        var plane = root.GetProperty("args").TryGetProperty("spatial_axes", out var axes) ? (From: axes[0].GetInt32(), To: axes[1].GetInt32()) : (From: 0, To: 1);
        var context = new TransformContext(1, new Random(1));
        var counts = new int[4];
        for (var draw = 0; draw < draws; draw++)
        {
            using var sample = Ramp();
            turn.Apply(sample, context);
            var axesNow = sample["image"].View.Axes;
            counts[Enumerable.Range(0, 4).Single(k => RandRotate90.Turn(k, plane.From, plane.To) == axesNow)]++;
        }

        foreach (var count in root.GetProperty("k_counts").EnumerateObject())
        {
            Assert.Equal(count.Value.GetDouble() / draws, (double)counts[int.Parse(count.Name, System.Globalization.CultureInfo.InvariantCulture)] / draws, 0.05);
        }
    }

    private static void Intensity(JsonElement root, string target, string parameter, int draws)
    {
        var change = Build<RandIntensity>(target, root);
        var context = new TransformContext(1, new Random(1));
        var drawn = new List<double>();
        for (var draw = 0; draw < draws; draw++)
        {
            using var sample = new Sample();
            var volume = new Volume<float>(new VolumeGrid(new GridSize(2, 1, 1), Affine.Identity));
            (volume.Samples[0], volume.Samples[1]) = (2, -4);
            sample.Add("image", volume);
            change.Apply(sample, context);
            var (first, second) = (volume.Samples[0], volume.Samples[1]);
            if (first != 2)
            {
                drawn.Add(parameter == "factor" ? (first / 2) - 1 : first - 2);
                Assert.Equal(parameter == "factor" ? first * -2 : first - 6, second, Math.Abs(first) * 1e-4 + 1e-5);
            }
        }

        Assert.Equal(root.GetProperty("fraction_applied").GetDouble(), (double)drawn.Count / draws, 0.05);
        DrawStatistics.AssertSame(root.GetProperty(parameter), drawn);
    }

    private static void Noise(JsonElement root, int draws)
    {
        var noise = Build<RandGaussianNoise>("RandGaussianNoised", root);
        var context = new TransformContext(1, new Random(1));
        var (means, deviations) = (new List<double>(), new List<double>());
        for (var draw = 0; draw < draws; draw++)
        {
            using var sample = new Sample();
            var volume = new Volume<float>(new VolumeGrid(new GridSize(16, 16, 16), Affine.Identity));
            sample.Add("image", volume);
            noise.Apply(sample, context);
            double[] values = [.. volume.Samples.ToArray().Select(v => (double)v)];
            if (values.Any(v => v != 0))
            {
                var mean = values.Average();
                means.Add(mean);
                deviations.Add(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / values.Length));
            }
        }

        Assert.Equal(root.GetProperty("fraction_applied").GetDouble(), (double)means.Count / draws, 0.05);
        DrawStatistics.AssertSame(root.GetProperty("sd_of_noise_within_a_draw"), deviations);
        DrawStatistics.AssertSame(root.GetProperty("mean_of_noise_within_a_draw"), means);
    }

    private static void Affined(JsonElement root, int draws)
    {
        var change = Build<RandAffine>("RandAffined", root);
        var random = new Random(1);
        AffineDraw[] drawn = [.. Enumerable.Range(0, draws).Select(_ => change.Ranges.Draw(random))];
        foreach (var parameter in root.GetProperty("params").EnumerateObject())
        {
            var values = parameter.Name switch
            {
                "rotate_params" => drawn.Select(d => d.Rotation),
                "shear_params" => drawn.Select(d => d.Shear),
                "translate_params" => drawn.Select(d => d.Translation),
                _ => drawn.Select(d => d.Scale),
            };
            var axis = 0;
            foreach (var expected in parameter.Value.EnumerateArray())
            {
                DrawStatistics.AssertSame(expected, [.. values.Select(v => v[axis])]);
                axis++;
            }
        }
    }

    private static T Build<T>(string target, JsonElement root, params (string Name, ConfigValue Value)[] more)
        where T : ITransform
    {
        var component = JsonConfig.Component(target, root.GetProperty("args"));
        var keys = KeyValuePair.Create<string, ConfigValue>("keys", new ConfigValue.List([new ConfigValue.Text("image")]));
        var chain = Registry.Build("golden", component with { Arguments = [keys, .. component.Arguments, .. more.Select(m => KeyValuePair.Create(m.Name, m.Value))] });
        return Assert.IsType<T>(chain.Steps.Single().Transform);
    }

    /// <summary>A volume of 3×4×5 voxels whose values tell their place: i + 10·j + 100·k.</summary>
    private static Sample Ramp()
    {
        var sample = new Sample();
        var volume = new Volume<float>(new VolumeGrid(new GridSize(3, 4, 5), Affine.Identity));
        for (var at = 0; at < volume.Samples.Length; at++)
        {
            volume.Samples[at] = (at % 3) + (10 * (at / 3 % 4)) + (100 * (at / 12));
        }

        sample.Add("image", volume);
        return sample;
    }

    private static HashSet<(int, int, int)> Centres(SafetensorsFile tensors, string name) =>
        [.. tensors.Doubles(name).Chunk(3).Select(c => ((int)c[0], (int)c[1], (int)c[2]))];

    private static double Share(List<(int, int, int)> centres, Func<(int, int, int), bool> has) => (double)centres.Count(has) / centres.Count;
}
