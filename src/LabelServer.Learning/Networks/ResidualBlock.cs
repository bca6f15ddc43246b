using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Normalisation, activation, convolution, twice, plus the input: the block of SegResNet.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/segresnet_block.py:ResBlock; Myronenko 2018, arXiv:1810.11654. State keys: norm1, norm2, act, conv1.conv, conv2.conv.</remarks>
public sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    // TorchSharp registers fields by their names as well, so the names are given there too.
    [ComponentName(Name = "norm1")]
    private readonly nn.Module<Tensor, Tensor> _norm1;

    [ComponentName(Name = "norm2")]
    private readonly nn.Module<Tensor, Tensor> _norm2;

    [ComponentName(Name = "act")]
    private readonly nn.Module<Tensor, Tensor> _activation;

    [ComponentName(Name = "conv1")]
    private readonly ConvolutionLayer _conv1;

    [ComponentName(Name = "conv2")]
    private readonly ConvolutionLayer _conv2;

    /// <summary>Creates the block; channels in and out are the same.</summary>
    public ResidualBlock(int spatialDims, int channels, LayerSpec norm, LayerSpec activation, int kernelSize = 3)
        : base(nameof(ResidualBlock))
    {
        _norm1 = NormalizationLayer.Create(norm, spatialDims, channels);
        _norm2 = NormalizationLayer.Create(norm, spatialDims, channels);
        _activation = ActivationLayer.Create(activation);
        _conv1 = new ConvolutionLayer(spatialDims, channels, channels, kernelSize);
        _conv2 = new ConvolutionLayer(spatialDims, channels, channels, kernelSize);
        register_module("norm1", _norm1);
        register_module("norm2", _norm2);
        register_module("act", _activation);
        register_module("conv1", _conv1);
        register_module("conv2", _conv2);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // Each tensor is released as soon as its last reader is done, not at the end of a scope: at full size one is 113 MB.
        using var first = Half(_norm1, _conv1, input);
        var second = Half(_norm2, _conv2, first);
        return second.add_(input);
    }

    private Tensor Half(nn.Module<Tensor, Tensor> norm, ConvolutionLayer conv, Tensor input)
    {
        using var activated = NormalizedActivation.Apply(norm, _activation, input);
        return conv.call(activated);
    }
}
