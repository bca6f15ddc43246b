using LabelServer.Learning.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>Normalisation and activation in one pass against libtorch's own two functions.</summary>
public sealed class NormalizedActivationTests
{
    [Theory]
    [InlineData(2, 8, 8, 5, 6, 7, ScalarType.Float32)]
    [InlineData(3, 24, 4, 3, 5, 2, ScalarType.Float32)]
    [InlineData(1, 32, 8, 17, 16, 15, ScalarType.Float32)]
    [InlineData(2, 6, 3, 4, 4, 5, ScalarType.Float32)]
    [InlineData(1, 32, 8, 17, 16, 15, ScalarType.BFloat16)]
    public void Apply_WithoutGradients_IsTorchsNormalisationAndActivation(int samples, int channels, int groups, int x, int y, int z, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        random.manual_seed(channels);
        using var layer = new GroupNormalization(groups, channels, 1e-5, affine: true);
        layer.get_parameter("weight")!.copy_(randn(channels) + 1);
        layer.get_parameter("bias")!.copy_(randn(channels));
        var input = TorchLayout.ChannelsLast(((randn([samples, channels, x, y, z]) * 3) + 1).to(type));
        var before = input.clone();
        var expected = nn.functional.relu(nn.functional.group_norm(input.to(ScalarType.Float32), groups, layer.get_parameter("weight"), layer.get_parameter("bias"), 1e-5));

        using var activation = nn.ReLU(inplace: true);
        var output = NormalizedActivation.Apply(layer, activation, input);

        Assert.Equal(type, output.dtype);
        Assert.True(TorchLayout.ToLast(output).is_contiguous());
        Assert.True(input.equal(before).all().item<bool>());
        var most = (output.to(ScalarType.Float32) - expected).abs().max().item<float>();
        Assert.True(most <= expected.max().item<float>() * (type == ScalarType.BFloat16 ? 1.0 / 256 : 1e-5), $"The largest difference is {most}.");
        Assert.True(expected.max().item<float>() > 1);
    }

    [Fact]
    public void Apply_WithGradients_CanBeDifferentiated()
    {
        using var scope = NewDisposeScope();
        using var layer = new GroupNormalization(2, 8, 1e-5, affine: true);
        using var activation = nn.ReLU(inplace: true);
        var input = TorchLayout.ChannelsLast(randn([1, 8, 3, 4, 5])).requires_grad_();

        NormalizedActivation.Apply(layer, activation, input).sum().backward();

        Assert.NotNull(input.grad);
        Assert.NotNull(layer.get_parameter("weight")!.grad);
    }

    [Fact]
    public void Apply_OtherLayersOrOrders_GivesTheirResult()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using var layer = new GroupNormalization(2, 8, 1e-5, affine: true);
        var input = randn([1, 8, 3, 4, 5]);
        using var leaky = nn.LeakyReLU(0.1, inplace: true);

        var output = NormalizedActivation.Apply(layer, leaky, input);

        var expected = nn.functional.leaky_relu(nn.functional.group_norm(input, 2), 0.1);
        Assert.True((output - expected).abs().max().item<float>() < 1e-5);
    }
}
