using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using Xunit;

namespace LabelServer.Testing;

/// <summary>Compares a network's output with a reference case's, whichever runtime computes it.</summary>
public static class NetworkGolden
{
    /// <summary>The definition that a bundle would give, from a case of the area <c>networks</c>.</summary>
    public static ConfigValue.Component Define(JsonElement json)
    {
        var options = ReadOptions(json);
        static ConfigValue List(IEnumerable<int> values) => new ConfigValue.List([.. values.Select(v => new ConfigValue.Integer(v))]);
        return new ConfigValue.Component("network_def", "monai.networks.nets.SegResNet", [
            new("spatial_dims", new ConfigValue.Integer(3)),
            new("init_filters", new ConfigValue.Integer(options.InitFilters)),
            new("in_channels", new ConfigValue.Integer(options.InChannels)),
            new("out_channels", new ConfigValue.Integer(options.OutChannels)),
            new("blocks_down", List(options.BlocksDown)),
            new("blocks_up", List(options.BlocksUp)),
            new("dropout_prob", options.DropoutProb is { } drop ? new ConfigValue.Real(drop) : ConfigValue.Null.Instance)]);
    }

    /// <summary>The options of a case of the area <c>networks</c>.</summary>
    public static SegResNetOptions ReadOptions(JsonElement json) => new()
    {
        InitFilters = json.GetProperty("f").GetInt32(),
        OutChannels = json.GetProperty("out").GetInt32(),
        InChannels = json.TryGetProperty("inc", out var channels) ? channels.GetInt32() : 1,
        BlocksDown = json.TryGetProperty("down", out var down) ? [.. down.EnumerateArray().Select(v => v.GetInt32())] : [1, 2, 2, 4],
        BlocksUp = json.TryGetProperty("up", out var up) ? [.. up.EnumerateArray().Select(v => v.GetInt32())] : [1, 1, 1],
        DropoutProb = json.TryGetProperty("drop", out var drop) ? drop.GetDouble() : null,
    };

    /// <summary>Runs the case's input and compares with its output, or with the part of it that is stored. The tolerance is a share of the largest absolute output.</summary>
    public static unsafe void AssertMatches(GoldenCase golden, SafetensorsFile tensors, INetwork network, double tolerance)
    {
        var shape = tensors.ShapeOf("input");
        var batch = new WindowBatchShape(shape[0], shape[1], new GridSize(shape[2], shape[3], shape[4]));
        using var output = network.Run(tensors.Floats("input"), batch, CancellationToken.None);
        var expected = tensors.Floats("output");
        var stored = tensors.ShapeOf("output");
        using var json = golden.ReadJson();
        var starts = json.RootElement.TryGetProperty("output_window", out var window)
            ? [.. window.EnumerateArray().Select(w => w[0].GetInt32())]
            : new[] { 0, 0, 0 };
        var largest = expected.Max(Math.Abs);
        Assert.Equal(stored[1], network.Head?.Outputs ?? output.Channels);
        for (var n = 0; n < stored[0]; n++)
        {
            var values = (float*)output.Window(n);
            for (var x = 0; x < stored[2]; x++)
            {
                for (var y = 0; y < stored[3]; y++)
                {
                    for (var z = 0; z < stored[4]; z++)
                    {
                        var voxel = ((((long)(x + starts[0]) * batch.Size.J) + y + starts[1]) * batch.Size.K) + z + starts[2];
                        var features = new ReadOnlySpan<float>(values + (voxel * output.Channels), output.Channels);
                        for (var c = 0; c < stored[1]; c++)
                        {
                            var from = (((((((n * stored[1]) + c) * stored[2]) + x) * stored[3]) + y) * stored[4]) + z;
                            var actual = Score(features, network.Head, c);
                            Assert.True(Math.Abs(actual - expected[from]) <= tolerance * largest, $"[{n}, {c}, {x}, {y}, {z}]: {actual} instead of {expected[from]}");
                        }
                    }
                }
            }
        }
    }

    private static float Score(ReadOnlySpan<float> features, LinearHead? head, int output)
    {
        if (head is null)
        {
            return features[output];
        }

        var sum = head.Bias[output];
        for (var f = 0; f < features.Length; f++)
        {
            sum += head.Weights[(output * features.Length) + f] * features[f];
        }

        return sum;
    }
}
