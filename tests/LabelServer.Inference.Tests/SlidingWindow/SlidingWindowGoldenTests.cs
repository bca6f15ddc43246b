using System.Text.Json;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Testing;

namespace LabelServer.Inference.Tests.SlidingWindow;

/// <summary>Blending against MONAI's own output, with the predictor y = [x, x², ramp 0..1 over the last axis of the window].</summary>
public sealed class SlidingWindowGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("sliding_window");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_OfAnyCase_MatchMonai(string name)
    {
        var golden = GoldenCase.Require("sliding_window", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        var options = Read(json.RootElement);
        var shape = tensors.ShapeOf("input");
        using var image = AxisOrder.ToVolume<float>(tensors.Doubles("input"), shape[1..], Affine.Identity);
        using var network = new FunctionNetwork(3, Predict);

        using var scores = new SlidingWindowInferer(options).Scores(image, network, new ParallelOptions());

        var expected = tensors.Doubles("output");
        var actual = AxisOrder.ToRowMajor(scores);
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        for (var index = 0; index < expected.Length; index++)
        {
            // One multiplication, a few additions and one division in float32, with an exponential of another library: a few of its last bits.
            Assert.True(Math.Abs(expected[index] - actual[index]) <= 2e-6 * largest, $"{index}: {expected[index]} and {actual[index]}");
        }
    }

    private static void Predict(float sample, int x, int y, int z, GridSize window, Span<float> scores)
    {
        scores[0] = sample;
        scores[1] = sample * sample;
        scores[2] = window.K > 1 ? (float)z / (window.K - 1) : 0;
    }

    private static SlidingWindowOptions Read(JsonElement json)
    {
        double[] overlap = json.GetProperty("overlap") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(v => v.GetDouble())] : [json.GetProperty("overlap").GetDouble()];
        return new SlidingWindowOptions
        {
            RoiSize = [.. json.GetProperty("roi").EnumerateArray().Select(v => v.GetInt32())],
            Overlap = overlap,
            Mode = Enum.Parse<BlendMode>(json.GetProperty("mode").GetString()!, ignoreCase: true),
            Padding = Enum.Parse<WindowPadding>(json.GetProperty("padding_mode").GetString()!, ignoreCase: true),
            BatchSize = json.TryGetProperty("sw_batch_size", out var batch) ? batch.GetInt32() : 2,
        };
    }
}
