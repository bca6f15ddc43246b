using LabelServer.Learning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>Convolutions of one channel in bfloat16 against float32, through both layers that networks are made of.</summary>
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
        int[] Axes(int value) => [.. Enumerable.Repeat(value, dimensions)];
        AssertNear(() => new ConvolutionLayer(dimensions, 1, outputs, kernel), "conv.weight", dimensions);
        AssertNear(() => new AxisConvolution(1, outputs, Axes(kernel), Axes(2), Axes(kernel / 2), bias: true), "weight", dimensions);
    }

    private static void AssertNear(Func<nn.Module<Tensor, Tensor>> create, string weight, int dimensions)
    {
        using var single = create();
        using var rounded = create();
        ModuleWeights.Fill(rounded, single.state_dict(), "single");
        rounded.to(ScalarType.BFloat16);
        var image = randn([1, 1, .. Enumerable.Repeat(16L, dimensions)]);

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
