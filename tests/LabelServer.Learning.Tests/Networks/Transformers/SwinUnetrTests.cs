using System.Text.Json;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using LabelServer.Testing;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks.Transformers;

public sealed class SwinUnetrTests
{
    private const string Small = """{"in_channels": 1, "out_channels": 2, "feature_size": 12, "depths": [1, 1, 1, 1]""";

    [Fact]
    public void Build_WithImgSize_MergesAsMonaiUpTo14()
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var current = Build(Small + "}");
        using var former = Build(Small + ""","img_size": 96}""");
        using var formerV2 = Build(Small + ""","img_size": 96, "downsample": "mergingv2"}""");
        using var currentV2 = Build(Small + ""","downsample": "mergingv2"}""");
        var input = TorchLayout.ImageLast(rand([1, 1, 32, 32, 32]));
        foreach (var other in new[] { former, formerV2, currentV2 })
        {
            ModuleWeights.Fill(other, current.state_dict(), "current");
        }

        Assert.False(former.call(input).allclose(current.call(input), rtol: 1e-3, atol: 1e-4));
        Assert.True(formerV2.call(input).allclose(currentV2.call(input), rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void Run_InBFloat16_StaysNearFloat32()
    {
        using var scope = NewDisposeScope();
        var (single, rounded) = (Build(Small + "}"), Build(Small + "}"));
        ModuleWeights.Fill(rounded, single.state_dict(), "single");
        var window = rand([32 * 32 * 32]).data<float>().ToArray();

        var expected = Run(single, NetworkPrecision.Float32, window);
        var actual = Run(rounded, NetworkPrecision.BFloat16, window);

        // Positions that were rounded with the weights would give other biases altogether.
        var largest = expected.Max(Math.Abs);
        Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Average() / largest, 0, 0.02);
    }

    private static unsafe float[] Run(nn.Module<Tensor, Tensor> module, NetworkPrecision precision, float[] window)
    {
        using var network = TorchNetwork.FromModule(module, "SwinUNETR", new NetworkOptions(precision, "cpu"), 1, 2);
        using var output = network.Run(window, new WindowBatchShape(1, 1, new GridSize(32, 32, 32)), CancellationToken.None);
        var count = 2 * window.Length;
        if (output.ElementType == NetworkPrecision.Float32)
        {
            return new ReadOnlySpan<float>((float*)output.Window(0), count).ToArray();
        }

        // bfloat16 is the upper half of a float32.
        return [.. new ReadOnlySpan<ushort>((ushort*)output.Window(0), count).ToArray().Select(bits => BitConverter.Int32BitsToSingle(bits << 16))];
    }

    private static nn.Module<Tensor, Tensor> Build(string arguments)
    {
        using var json = JsonDocument.Parse(arguments);
        var module = NetworkRegistry.CreateDefault().Build(JsonConfig.Component("SwinUNETR", json.RootElement)).Module;
        module.eval();
        TorchLayout.ConvertWeights(module);
        return module;
    }
}
