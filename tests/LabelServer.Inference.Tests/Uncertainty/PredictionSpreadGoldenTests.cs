using LabelServer.Inference.Uncertainty;
using LabelServer.Testing;

namespace LabelServer.Inference.Tests.Uncertainty;

public sealed class PredictionSpreadGoldenTests
{
    private const string Area = "active_learning";

    public static TheoryData<string> Cases => GoldenCase.Names(Area, "epistemic_");

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheMapAndItsMean_AreThoseOfTheOriginal(string name)
    {
        var golden = GoldenCase.Require(Area, name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var shape = tensors.ShapeOf("predictions");
        var (repetitions, classes) = (shape[0], shape[1]);
        var predictions = tensors.Doubles("predictions");
        var expected = tensors.Doubles("map");
        var voxels = predictions.Length / repetitions / classes;
        Assert.Equal(voxels, expected.Length);
        var variance = json.RootElement.TryGetProperty("use_variance", out var use) && use.GetBoolean();
        var mean = json.RootElement.TryGetProperty("score", out var score) ? score.GetDouble() : json.RootElement.GetProperty("mean").GetDouble();

        double sum = 0;
        var finite = 0;
        var values = new float[repetitions * classes];
        for (var voxel = 0; voxel < voxels; voxel++)
        {
            for (var at = 0; at < values.Length; at++)
                values[at] = (float)predictions[(at * voxels) + voxel];
            var actual = variance ? PredictionSpread.Variance(values, classes) : PredictionSpread.Entropy(values, classes);
            Assert.Equal(expected[voxel], actual, 2e-5 * Math.Max(1, Math.Abs(expected[voxel])));
            if (!float.IsNaN(actual))
            {
                sum += actual;
                finite++;
            }
        }

        Assert.Equal(mean, sum / finite, 1e-5 * Math.Max(1, Math.Abs(mean)));
    }
}
