using LabelServer.Learning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>Convolutions in bfloat16 that libtorch was seen to compute wrongly, against float32, through both layers that networks are made of.</summary>
[Collection(GlobalRandomCollection.Name)]
public sealed class PlainConvolutionTests
{
    // Eight bits of precision, summed over a kernel.
    private const float Rounding = 0.03f;

    [Theory]
    [InlineData(2, 8, 3)]
    [InlineData(3, 8, 3)]
    [InlineData(3, 12, 1)]
    [InlineData(3, 32, 3)]
    public void Forward_OneChannelInBFloat16_ValuesAndGradientAreThoseOfFloat32(int dimensions, int outputs, int kernel)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(outputs);
        AssertNear(dimensions, 1, outputs, kernel, edge: 16);
    }

    [Theory]
    [InlineData(16, 3, 2)]
    [InlineData(32, 5, 4)]
    [InlineData(64, 5, 2)]
    public void Forward_AVolumeShorterThanTheKernelInBFloat16_ValuesAndGradientAreThoseOfFloat32(int channels, int kernel, int edge)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(channels);
        AssertNear(3, channels, channels, kernel, edge);
    }

    private static void AssertNear(int dimensions, int inputs, int outputs, int kernel, int edge)
    {
        int[] Axes(int value) => [.. Enumerable.Repeat(value, dimensions)];
        var image = randn([1, inputs, .. Axes(edge).Select(n => (long)n)]);
        AssertNear(() => new ConvolutionLayer(dimensions, inputs, outputs, kernel), "conv.weight", image);
        AssertNear(() => new AxisConvolution(inputs, outputs, Axes(kernel), Axes(2), Axes(kernel / 2), bias: true), "weight", image);
    }

    private static void AssertNear(Func<nn.Module<Tensor, Tensor>> create, string weight, Tensor image)
    {
        using var single = create();
        using var rounded = create();
        ModuleWeights.Fill(rounded, single.state_dict(), "single");
        rounded.to(ScalarType.BFloat16);

        var expected = single.call(TorchLayout.ImageLast(image));
        var actual = rounded.call(TorchLayout.ImageLast(image).to(ScalarType.BFloat16));
        expected.square().mean().backward();
        actual.to(ScalarType.Float32).square().mean().backward();

        AssertNear(expected, actual);
        AssertNear(single.get_parameter(weight)!.grad!, rounded.get_parameter(weight)!.grad!);
    }

    private static void AssertNear(Tensor expected, Tensor actual) =>
        Assert.InRange((expected - actual.to(ScalarType.Float32)).abs().max().item<float>() / expected.abs().max().item<float>(), 0, Rounding);
}
