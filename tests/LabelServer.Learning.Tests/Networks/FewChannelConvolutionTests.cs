using LabelServer.Learning.Networks;
using LabelServer.Learning.Networks.Kernels;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>The first layer's gradient against libtorch's own.</summary>
public sealed class FewChannelConvolutionTests
{
    [Theory]
    [InlineData(1, 1, 8, 3, 5, 6, 7)]
    [InlineData(2, 3, 16, 3, 9, 4, 3)]
    [InlineData(1, 2, 4, 5, 40, 30, 33)]
    public void Forward_FewChannels_ValuesAndGradientAreTorchs(int samples, int channels, int outputs, int kernel, int x, int y, int z)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(outputs);
        using var layer = new ConvolutionLayer(3, channels, outputs, kernel);
        var image = randn([samples, channels, x, y, z]);
        Assert.True(FewChannelConvolution.Takes(image, layer.Weight));
        var upstream = randn([samples, outputs, x, y, z]);
        var weight = layer.Weight.detach().clone().requires_grad_();
        var padding = (kernel - 1L) / 2;
        var expected = nn.functional.conv3d(image, weight, padding: [padding, padding, padding]);
        expected.backward([upstream]);

        var output = layer.call(image);
        output.backward([upstream]);

        Assert.Equal(0, (expected - output).abs().max().item<float>(), 1e-5f);
        var difference = (weight.grad! - layer.Weight.grad!).abs().max().item<float>();
        Assert.True(difference <= 1e-5f * weight.grad!.abs().max().item<float>(), $"{difference}");
    }

    [Fact]
    public void Takes_ImageThatNeedsAGradient_IsFalse()
    {
        using var scope = NewDisposeScope();
        var weight = randn([4, 1, 3, 3, 3]).requires_grad_();

        Assert.False(FewChannelConvolution.Takes(randn([1, 1, 4, 4, 4]).requires_grad_(), weight));
        Assert.False(FewChannelConvolution.Takes(randn([1, 8, 4, 4, 4]), weight));
        using (no_grad())
        {
            Assert.False(FewChannelConvolution.Takes(randn([1, 1, 4, 4, 4]), weight));
        }
    }
}
