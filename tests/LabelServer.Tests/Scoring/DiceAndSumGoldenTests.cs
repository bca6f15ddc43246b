using LabelServer.Imaging.Comparison;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Scoring;
using LabelServer.Testing;

namespace LabelServer.Tests.Scoring;

public sealed class DiceAndSumGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("active_learning", "dice_and_sum");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Dice_OfOneStructure_IsTheOriginals_AndOfSeveralNeverAboveOne(string name)
    {
        var golden = GoldenCase.Require("active_learning", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var (single, several) = (0, 0);
        foreach (var expected in json.RootElement.GetProperty("dice").EnumerateObject())
        {
            using var final = Labels(tensors, "final_" + expected.Name[1..]);
            using var original = Labels(tensors, "original_" + expected.Name[1..]);
            var values = final.Samples.ToArray().Concat(original.Samples.ToArray()).Distinct().Where(v => v > 0).Order().Select(v => (int)v).ToList();
            var table = new StructureTable(values.Select((v, i) => (v, i)).ToDictionary(p => p.v, p => p.i));
            var found = LabelComparison.Of(final, table, original, table, values.Count, withDistances: false, new ParallelOptions());
            var mean = DiceScoring.Mean(found);
            Assert.InRange(mean, 0, 1);
            if (values is [] or [1])
            {
                Assert.Equal(expected.Value.GetDouble(), mean, 1e-6);
                single++;
                continue;
            }

            // Each structure by its definition, counted anew.
            var (a, b) = (final.Samples.ToArray(), original.Samples.ToArray());
            Assert.Equal(values.Average(v => 2.0 * a.Zip(b).Count(p => p.First == v && p.Second == v) / (a.Count(x => x == v) + b.Count(x => x == v))), mean, 1e-12);
            several++;
        }

        Assert.True(single + several > 0);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sum_OfEachLabel_IsTheOriginals(string name)
    {
        var golden = GoldenCase.Require("active_learning", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        foreach (var expected in json.RootElement.GetProperty("label_info_updates").EnumerateObject())
        {
            var parts = expected.Name.Split('/');
            using var labels = Labels(tensors, $"{parts[0]}_{parts[1][1..]}");
            Assert.Equal(new LabelSum(expected.Value.GetProperty("sum").GetInt64(), expected.Value.GetProperty("slices").GetInt32()), LabelSum.Of(labels));
        }
    }

    // [X, Y, Z], z fastest.
    private static Volume<byte> Labels(SafetensorsFile tensors, string name)
    {
        var shape = tensors.ShapeOf(name);
        var values = tensors.Doubles(name);
        var volume = new Volume<byte>(new VolumeGrid(new GridSize(shape[0], shape[1], shape[2]), Affine.Identity));
        for (var at = 0; at < values.Length; at++)
        {
            var (x, y, z) = (at / (shape[1] * shape[2]), at / shape[2] % shape[1], at % shape[2]);
            volume.Samples[(((z * shape[1]) + y) * shape[0]) + x] = (byte)values[at];
        }

        return volume;
    }
}
