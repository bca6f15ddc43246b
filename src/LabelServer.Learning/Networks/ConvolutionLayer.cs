using LabelServer.Learning.Networks.Kernels;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A convolution that keeps the size at stride 1, registered as <c>conv</c>: MONAI's <c>Convolution(conv_only=True)</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/convolutions.py; padding is (kernel - 1) / 2.</remarks>
public sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly nn.Module<Tensor, Tensor> _conv;

    private readonly long[] _stride;
    private readonly long[] _padding;

    // Stride 1 and no bias.
    private readonly bool _isPlain;

    /// <summary>Creates the layer with PyTorch's default initial weights.</summary>
    /// <param name="spatialDims">2 or 3.</param>
    /// <param name="inChannels">Channels in.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="kernelSize">Odd, the same along each axis.</param>
    /// <param name="stride">The same along each axis.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <exception cref="LabelServer.Inference.Networks.NetworkUnsupportedException">There are no channels in or out.</exception>
    public ConvolutionLayer(int spatialDims, int inChannels, int outChannels, int kernelSize = 3, int stride = 1, bool bias = false)
        : base(nameof(ConvolutionLayer))
    {
        LayerChecks.RequireChannels(inChannels, outChannels);
        _isPlain = spatialDims == 3 && stride == 1 && !bias;
        var padding = (kernelSize - 1) / 2;
        _stride = [.. Enumerable.Repeat((long)stride, spatialDims)];
        _padding = [.. Enumerable.Repeat((long)padding, spatialDims)];
        _conv = spatialDims == 2
            ? nn.Conv2d(inChannels, outChannels, kernelSize, stride, padding, bias: bias)
            : nn.Conv3d(inChannels, outChannels, kernelSize, stride, padding, bias: bias);
        register_module("conv", _conv);
    }

    /// <summary>The weights [out, in, kernel, kernel(, kernel)].</summary>
    public Tensor Weight => _conv.get_parameter("weight")!;

    /// <summary>The bias [out], or null.</summary>
    public Tensor? Bias => _conv.get_parameter("bias");

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _isPlain && FewChannelConvolution.Takes(input, Weight)
        ? FewChannelConvolution.apply(input, Weight)
        : PlainConvolution.Apply(input, Weight, Bias, _stride, _padding);
}
