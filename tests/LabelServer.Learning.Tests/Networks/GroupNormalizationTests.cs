using LabelServer.Learning.Networks;
using LabelServer.Learning.Networks.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>The kernel against libtorch's own function and its gradients.</summary>
public sealed class GroupNormalizationTests
{
    [Theory]
    [InlineData(2, 8, 8, 5, 6, 7)]
    [InlineData(1, 16, 8, 9, 4, 3)]
    [InlineData(3, 24, 4, 3, 5, 2)]
    [InlineData(1, 32, 8, 17, 16, 15)]
    [InlineData(2, 6, 3, 4, 4, 5)]
    public void Forward_ChannelsLast_ValuesAndGradientsAreTorchs(int samples, int channels, int groups, int x, int y, int z)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(channels);
        using var layer = new GroupNormalization(groups, channels, 1e-5, affine: true);
        var (weight, bias) = (layer.get_parameter("weight")!, layer.get_parameter("bias")!);
        using (no_grad())
        {
            weight.copy_(randn(channels) + 1);
            bias.copy_(randn(channels));
        }

        var values = (randn([samples, channels, x, y, z]) * 3) + 1;
        var upstream = randn([samples, channels, x, y, z]);
        var input = TorchLayout.ChannelsLast(values.clone()).requires_grad_();
        Assert.True(ChannelsLastGroupNorm.Takes(input, groups));
        var output = layer.call(input);
        output.backward([upstream]);
        var (inputGradient, weightGradient, biasGradient) = (input.grad!.clone(), weight.grad!.clone(), bias.grad!.clone());

        var reference = values.clone().requires_grad_();
        var (w, b) = (weight.detach().clone().requires_grad_(), bias.detach().clone().requires_grad_());
        var expected = nn.functional.group_norm(reference, groups, w, b, 1e-5);
        expected.backward([upstream]);

        AssertClose(expected, output, 1e-5);
        AssertClose(reference.grad!, inputGradient, 1e-5);
        AssertClose(w.grad!, weightGradient, 1e-4);
        AssertClose(b.grad!, biasGradient, 1e-4);
    }

    [Fact]
    public void Forward_BFloat16_IsTheFloat32ResultRounded()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var layer = new GroupNormalization(8, 16, 1e-5, affine: true);
        layer.to(ScalarType.BFloat16);
        var rounded = randn([2, 16, 8, 9, 10]).to(ScalarType.BFloat16);
        var input = TorchLayout.ChannelsLast(rounded.clone()).requires_grad_();
        var upstream = randn([2, 16, 8, 9, 10]).to(ScalarType.BFloat16);

        var output = layer.call(input);
        output.backward([upstream]);

        var reference = rounded.to(ScalarType.Float32).requires_grad_();
        var expected = nn.functional.group_norm(reference, 8, ones(16), zeros(16), 1e-5);
        expected.backward([upstream.to(ScalarType.Float32)]);
        Assert.Equal(ScalarType.BFloat16, output.dtype);
        Assert.Equal(ScalarType.BFloat16, layer.get_parameter("weight")!.grad!.dtype);
        AssertClose(expected, output.to(ScalarType.Float32), 1.0 / 256);
        AssertClose(reference.grad!, input.grad!.to(ScalarType.Float32), 1.0 / 256);
    }

    [Fact]
    public void Forward_NumberOfThreads_DoesNotChangeBits()
    {
        using var scope = NewDisposeScope();
        using var layer = new GroupNormalization(8, 16, 1e-5, affine: true);
        var input = TorchLayout.ChannelsLast(randn([1, 16, 40, 41, 42])).requires_grad_();
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = layer.call(input).data<float>().ToArray();
            set_num_threads(4);
            Assert.Equal(one, layer.call(input).data<float>().ToArray());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Forward_ActivatedInPlace_HasTorchsGradient()
    {
        using var scope = NewDisposeScope();
        using var layer = new GroupNormalization(2, 4, 1e-5, affine: true);
        var values = randn([1, 4, 3, 4, 5]);
        var input = TorchLayout.ChannelsLast(values.clone()).requires_grad_();
        layer.call(input).relu_().sum().backward();

        var reference = values.clone().requires_grad_();
        nn.functional.group_norm(reference, 2, ones(4), zeros(4), 1e-5).relu().sum().backward();

        AssertClose(reference.grad!, input.grad!, 1e-5);
    }

    [Fact]
    public void StateDict_HasTorchsNames()
    {
        using var layer = new GroupNormalization(2, 4, 1e-5, affine: true);

        Assert.Equal(["weight", "bias"], layer.state_dict().Keys);
        Assert.All(layer.state_dict()["weight"].data<float>().ToArray(), v => Assert.Equal(1, v));
        Assert.All(layer.state_dict()["bias"].data<float>().ToArray(), v => Assert.Equal(0, v));
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        using var scope = NewDisposeScope();
        var error = (expected - actual).abs().max().item<float>();
        Assert.InRange(error, 0, tolerance * Math.Max(1, expected.abs().max().item<float>()));
    }
}
