using System.Text.Json;
using LabelServer.Imaging.Comparison;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Testing;

namespace LabelServer.Imaging.Tests.Comparison;

public sealed class LabelComparisonGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("losses_more", "metrics");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hausdorff95_EachClassAndSpacing_IsMonais(string name)
    {
        var golden = GoldenCase.Require("losses_more", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var classes = json.RootElement.GetProperty("num_classes").GetInt32();
        var table = new StructureTable(Enumerable.Range(1, classes - 1).ToDictionary(c => c, c => c - 1));
        foreach (var spacing in json.RootElement.GetProperty("spacings").EnumerateObject())
        {
            var affine = Scaling(spacing.Value);
            using var prediction = Labels(tensors, "pred", affine);
            using var target = Labels(tensors, "target", affine);
            var found = LabelComparison.Of(prediction, table, target, table, classes - 1, withDistances: true, new ParallelOptions());
            var expected = tensors.Doubles("HausdorffDistance95_bg0_" + spacing.Name);
            for (var c = 0; c < classes - 1; c++)
            {
                if (double.IsFinite(expected[c]))
                    Assert.Equal(expected[c], found[c].Hausdorff95!.Value, 1e-4);
                else
                    Assert.Null(found[c].Hausdorff95);
            }
        }
    }

    private static Affine Scaling(JsonElement spacing) => spacing.ValueKind switch
    {
        JsonValueKind.Null => Affine.Identity,
        JsonValueKind.Number => Affine.Scaling(spacing.GetDouble(), spacing.GetDouble(), spacing.GetDouble()),
        _ => Affine.Scaling(spacing[0].GetDouble(), spacing[1].GetDouble(), spacing.GetArrayLength() > 2 ? spacing[2].GetDouble() : 1),
    };

    // The last two or three axes are the space, z fastest.
    private static Volume<byte> Labels(SafetensorsFile tensors, string name, Affine affine)
    {
        var shape = tensors.ShapeOf(name);
        var values = tensors.Doubles(name);
        var space = shape.Where(n => n > 1).ToArray();
        var size = new GridSize(space[0], space[1], space.Length > 2 ? space[2] : 1);
        var volume = new Volume<byte>(new VolumeGrid(size, affine));
        for (var at = 0; at < values.Length; at++)
        {
            var (x, y, z) = (at / (size.J * size.K), at / size.K % size.J, at % size.K);
            volume.Samples[(((z * size.J) + y) * size.I) + x] = (byte)values[at];
        }

        return volume;
    }
}
